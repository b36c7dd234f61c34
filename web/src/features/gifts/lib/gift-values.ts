import type { Gift, GiftInput, GiftPatch, Link } from '@/lib/api/types';
import { moneyToText, parseMoney } from '@/lib/money';

/** What the form holds; the names are those of the API. */
export interface GiftValues {
  name: string;
  url: string;
  price: string;
  sale_price: string;
  image_url: string;
  source: string;
  description: string;
  notes: string;
  priority: Gift['priority'];
  quantity: string;
  additional_links: Link[];
  person_ids: string[];
}

/** What the form says about a gift, as the API has it. */
export type GiftFields = Required<Pick<GiftPatch, keyof GiftInput>>;

/** The currencies of a gift's two prices. */
export interface Currencies {
  price: string;
  sale_price: string;
}

/** A price keeps its currency; a new one is in the family's. */
export const currenciesOf = (gift: Gift | undefined, family: string): Currencies => ({
  price: gift?.price?.currency ?? family,
  sale_price: gift?.sale_price?.currency ?? gift?.price?.currency ?? family,
});

export const giftValues = (gift: Gift | undefined): GiftValues => ({
  name: gift?.name ?? '',
  url: gift?.url ?? '',
  price: moneyToText(gift?.price),
  sale_price: moneyToText(gift?.sale_price),
  image_url: gift?.image_url ?? '',
  source: gift?.source ?? '',
  description: gift?.description ?? '',
  notes: gift?.notes ?? '',
  priority: gift?.priority ?? 'medium',
  quantity: String(gift?.quantity ?? 1),
  additional_links: gift?.additional_links ?? [],
  person_ids: gift?.person_ids ?? [],
});

export const giftFields = (values: GiftValues, currencies: Currencies): GiftFields => ({
  ...values,
  name: values.name.trim(),
  url: values.url.trim(),
  image_url: values.image_url.trim(),
  source: values.source.trim(),
  price: parseMoney(values.price, currencies.price) ?? null,
  sale_price: parseMoney(values.sale_price, currencies.sale_price) ?? null,
  quantity: Number(values.quantity),
  additional_links: values.additional_links
    .map(({ label, url }) => ({ label: label.trim(), url: url.trim() }))
    .filter(({ label, url }) => label !== '' || url !== ''),
});

/** What is wrong with the further links, if anything. */
export function linksProblem(links: readonly Link[]): string | undefined {
  const nowhere = links.find(({ label, url }) => label.trim() !== '' && url.trim() === '');
  return nowhere && `Where does “${nowhere.label.trim()}” lead?`;
}

/** The most of one gift that the server keeps. */
export const MAX_QUANTITY = 1000;

/** A rule for the field that says how many. */
export const quantityRule = {
  validate: (text: string) =>
    (/^\d+$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= MAX_QUANTITY) ||
    `A whole number from 1 to ${MAX_QUANTITY}.`,
};
