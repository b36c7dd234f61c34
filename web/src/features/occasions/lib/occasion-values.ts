import { moneyProblem } from '@/components/ui/MoneyField';
import type {
  Occasion,
  OccasionInput,
  OccasionPatch,
  OccasionPerson,
  OccasionType,
} from '@/lib/api/types';
import { moneyToText, parseMoney } from '@/lib/money';

/** Somebody who gets something, with the budget as it is typed. */
export interface Guest {
  person_id: string;
  budget: string;
  currency: string;
}

/** What the form holds; the names are those of the API. */
export interface OccasionValues {
  name: string;
  type: OccasionType;
  date: string;
  description: string;
  budget_total: string;
  /** Comes round every year. */
  recurrence_rule: boolean;
  people: Guest[];
}

/** What the form says about an occasion, as the API has it. */
export type OccasionFields = Required<Pick<OccasionPatch, keyof OccasionInput>>;

/** The currency an occasion's total is in. */
export const currencyOf = (occasion: Occasion | undefined, family: string): string =>
  occasion?.budget_total?.currency ?? family;

export const occasionValues = (occasion: Occasion | undefined, family: string): OccasionValues => ({
  name: occasion?.name ?? '',
  type: occasion?.type ?? 'holiday',
  date: occasion?.date ?? '',
  description: occasion?.description ?? '',
  budget_total: moneyToText(occasion?.budget_total),
  recurrence_rule: occasion ? occasion.recurrence_rule === 'yearly' : true,
  people: (occasion?.people ?? []).map((guest) => guestOf(guest, family)),
});

export const guestOf = ({ person_id, budget }: OccasionPerson, family: string): Guest => ({
  person_id,
  budget: moneyToText(budget),
  currency: budget?.currency ?? family,
});

/** Whether somebody is the only one to get something: then the total is their own budget. */
export const isAlone = (guests: readonly Guest[], person: string | null): boolean =>
  guests.length === 1 && guests[0]?.person_id === person;

/** `me` is the reader's own person, who cannot set a budget for themselves. */
export function occasionFields(
  values: OccasionValues,
  currency: string,
  me: string | null,
): OccasionFields {
  const total = isAlone(values.people, me) ? null : parseMoney(values.budget_total, currency);
  return {
    name: values.name.trim(),
    type: values.type,
    date: values.date,
    description: values.description,
    budget_total: total ?? null,
    recurrence_rule: values.type === 'recurring' || values.recurrence_rule ? 'yearly' : '',
    people: values.people.map((guest) => ({
      person_id: guest.person_id,
      budget: parseMoney(guest.budget, guest.currency) ?? null,
    })),
  };
}

/** What is wrong with the budgets, if anything. */
export function budgetsProblem(guests: readonly Guest[]): string | undefined {
  return guests.map(({ budget, currency }) => moneyProblem(budget, currency)).find(Boolean);
}
