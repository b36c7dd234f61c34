import type { ListItem, Money } from '@/lib/api/types';
import { formatMoney } from '@/lib/money';
import { priceOf } from '@/lib/price';

/** What an item costs altogether: what was paid, else what it is said to cost. */
function costOf(item: ListItem): Money | null {
  const one = priceOf(item);
  return one && { ...one, amount: one.amount * item.quantity };
}

/** The sum in each currency. */
export function totalOf(items: readonly ListItem[]): Money[] {
  const sums = new Map<string, number>();
  for (const cost of items.map(costOf)) {
    if (cost) sums.set(cost.currency, (sums.get(cost.currency) ?? 0) + cost.amount);
  }
  return [...sums].map(([currency, amount]) => ({ currency, amount }));
}

const inWords = (sums: Money[]) => sums.map(formatMoney).join(' + ');

/** "7 of 12 bought · €240 spent". What is received was bought too. */
export function BoardSummary({ items }: { items: readonly ListItem[] }) {
  if (items.length === 0) return null;
  const bought = items.filter(({ status }) => status === 'purchased' || status === 'received');
  const spent = totalOf(bought);
  return (
    <span className="tabular-nums">
      {`${bought.length} of ${items.length} bought`}
      {spent.length > 0 && ` · ${inWords(spent)} spent`}
    </span>
  );
}
