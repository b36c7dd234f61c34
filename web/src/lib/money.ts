import type { Money } from '@/lib/api/types';

/** How many digits a currency has behind the point: 2 for EUR, 0 for JPY. */
export function minorDigits(currency: string): number {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    return format.resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/** "€49.90" for the reader's locale; whole amounts without a fraction. */
export function formatMoney({ amount, currency }: Money): string {
  const digits = minorDigits(currency);
  const value = amount / 10 ** digits;
  const whole = Number.isInteger(value);
  try {
    return new Intl.NumberFormat(undefined, {
      style: 'currency',
      currency,
      minimumFractionDigits: whole ? 0 : digits,
    }).format(value);
  } catch {
    return `${value.toFixed(digits)} ${currency}`;
  }
}

/** The amount as a person would type it, for a form field. */
export function moneyToText(money: Money | null | undefined): string {
  if (!money) return '';
  const digits = minorDigits(money.currency);
  return (money.amount / 10 ** digits).toFixed(digits).replace(/\.0+$/, '');
}

/**
 * Reads what a person typed: "1,234.50", "1.234,50", "49,9", "€ 12".
 * Null for an empty text, undefined for one that is no amount.
 */
export function parseMoney(text: string, currency: string): Money | null | undefined {
  const bare = text.replace(/[\s\u00a0'’\p{Sc}]/gu, '');
  if (bare === '') return null;
  if (!/^\d[\d.,]*$/.test(bare)) return undefined;
  const digits = minorDigits(currency);
  const point = Math.max(bare.lastIndexOf('.'), bare.lastIndexOf(','));
  const tail = point < 0 ? '' : bare.slice(point + 1);
  // "1,234" groups thousands; "12,5" and "12,50" have a fraction.
  const isFraction = point >= 0 && tail.length <= digits;
  if (point >= 0 && !isFraction && tail.length !== 3) return undefined;
  const whole = (isFraction ? bare.slice(0, point) : bare).replace(/[.,]/g, '');
  const fraction = (isFraction ? tail : '').padEnd(digits, '0');
  return { amount: Number(`${whole}${fraction}`), currency };
}
