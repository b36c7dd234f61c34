import type { ComponentProps } from 'react';

import { formatMoney, parseMoney } from '@/lib/money';

import { TextField } from './Field';

/** The largest amount the server keeps, in minor units. */
const MAX_AMOUNT = 100_000_000_000;

/** A rule for fields that hold an amount as a person types it. */
export const moneyRule = (currency: string) => ({
  validate: (text: string) => moneyProblem(text, currency) ?? true,
});

/** What is wrong with a typed amount, if anything. */
export function moneyProblem(text: string, currency: string): string | undefined {
  const money = parseMoney(text, currency);
  if (money === undefined) return 'Write an amount, such as 49.90.';
  if (money && money.amount > MAX_AMOUNT) {
    return `At most ${formatMoney({ amount: MAX_AMOUNT, currency })}.`;
  }
  return undefined;
}

export interface MoneyFieldProps extends ComponentProps<typeof TextField> {
  currency: string;
}

/** An amount in the currency's major unit, typed the way people write it. */
export const MoneyField = ({ label, currency, ...props }: MoneyFieldProps) => (
  <TextField inputMode="decimal" autoComplete="off" {...props} label={`${label} (${currency})`} />
);
