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

/** Whole units as people write them: plain, or in groups of three with one kind of separator. */
const WHOLE = /^(?:\d+|[1-9]\d{0,2}(?:(?<separator>[.,])\d{3})(?:\k<separator>\d{3})*)$/;

/**
 * Reads what a person typed: "1,234.50", "1.234,50", "49,9", "€ 12".
 * Null for an empty text, undefined for one that is no amount.
 */
export function parseMoney(text: string, currency: string): Money | null | undefined {
  const bare = text.replace(/[\s\u00a0'’\p{Sc}]/gu, '');
  if (bare === '') return null;
  const digits = minorDigits(currency);
  const point = Math.max(bare.lastIndexOf('.'), bare.lastIndexOf(','));
  // "12,5" and "12,50" have a fraction; "1,234" groups thousands.
  const isFraction = point >= 0 && bare.length - point - 1 <= digits;
  const whole = WHOLE.exec(isFraction ? bare.slice(0, point) : bare);
  const fraction = isFraction ? bare.slice(point + 1) : '';
  if (!whole || !/^\d*$/.test(fraction)) return undefined;
  // "1.234.50" could be anything.
  if (isFraction && whole.groups?.separator === bare[point]) return undefined;
  const units = whole[0].replace(/[.,]/g, '');
  return { amount: Number(`${units}${fraction.padEnd(digits, '0')}`), currency };
}
