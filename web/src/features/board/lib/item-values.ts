import type { ListItem } from '@/lib/api/types';
import { moneyToText, parseMoney } from '@/lib/money';

/** What the form of a card holds; the names are those of the API. */
export interface ItemValues {
  recipient_ids: string[];
  assignee_id: string;
  price: string;
  discount_price: string;
  link: string;
  quantity: string;
  notes: string;
  surprise: boolean;
}

export const toValues = (item: ListItem | undefined): ItemValues => ({
  recipient_ids: item?.recipient_ids ?? [],
  assignee_id: item?.assignee_id ?? '',
  price: moneyToText(item?.price),
  discount_price: moneyToText(item?.discount_price),
  link: item?.link ?? '',
  quantity: String(item?.quantity ?? 1),
  notes: item?.notes ?? '',
  surprise: item?.surprise ?? true,
});

/** The currencies of an item's two prices. */
interface Currencies {
  price: string;
  discount_price: string;
}

/** A price keeps its currency; a new one is in the family's. */
export const currenciesOf = (item: ListItem, family: string): Currencies => ({
  price: item.price?.currency ?? family,
  discount_price: item.discount_price?.currency ?? item.price?.currency ?? family,
});

export const inputIn = (currencies: Currencies) => (values: ItemValues) => ({
  // In one order, as the server keeps them: another one is no change.
  recipient_ids: [...values.recipient_ids].sort(),
  assignee_id: values.assignee_id || null,
  price: parseMoney(values.price, currencies.price) ?? null,
  discount_price: parseMoney(values.discount_price, currencies.discount_price) ?? null,
  link: values.link.trim(),
  quantity: Number(values.quantity),
  notes: values.notes,
  surprise: values.surprise,
});
