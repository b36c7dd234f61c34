import type { Person, PersonInput, PersonPatch } from '@/lib/api/types';

/** One line of a person's sizes, as it is edited. */
export interface SizeRow {
  name: string;
  size: string;
}

/** What the form holds; the names are those of the API. */
export interface PersonValues {
  name: string;
  relationship: string;
  birthdate: string;
  anniversary: string;
  notes: string;
  interests: string[];
  constraints: string[];
  sizes: SizeRow[];
  photo_url: string;
  color: string;
}

/** What the form says about somebody, as the API has it. */
export type PersonFields = Required<Pick<PersonPatch, keyof PersonInput>>;

export const personValues = (person: Person | undefined): PersonValues => ({
  name: person?.name ?? '',
  relationship: person?.relationship ?? '',
  birthdate: person?.birthdate ?? '',
  anniversary: person?.anniversary ?? '',
  notes: person?.notes ?? '',
  interests: person?.interests ?? [],
  constraints: person?.constraints ?? [],
  sizes: Object.entries(person?.sizes ?? {}).map(([name, size]) => ({ name, size })),
  photo_url: person?.photo_url ?? '',
  color: person?.color ?? '',
});

export const personFields = (values: PersonValues): PersonFields => ({
  ...values,
  name: values.name.trim(),
  relationship: values.relationship.trim(),
  photo_url: values.photo_url.trim(),
  birthdate: values.birthdate || null,
  anniversary: values.anniversary || null,
  sizes: Object.fromEntries(
    filledRows(values.sizes).map(({ name, size }) => [name.trim(), size.trim()]),
  ),
});

const filledRows = (rows: readonly SizeRow[]) =>
  rows.filter(({ name, size }) => name.trim() !== '' || size.trim() !== '');

/** What is wrong with the sizes, if anything. */
export function sizesProblem(rows: readonly SizeRow[]): string | undefined {
  const names = filledRows(rows).map(({ name }) => name.trim());
  if (names.includes('')) return 'Name each size, for example “shoes”.';
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  return twice === undefined ? undefined : `Duplicate size “${twice}”: give it once.`;
}
