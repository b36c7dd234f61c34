import type { ListItem, Money } from '@/lib/api/types';

/** What one piece costs: what was paid, else what a planner found it for, else what its gift says. */
export const priceOf = ({ price, discount_price, gift }: ListItem): Money | null =>
  price ?? discount_price ?? gift.sale_price ?? gift.price;
