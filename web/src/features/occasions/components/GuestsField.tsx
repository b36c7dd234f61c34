import { MoneyField, moneyProblem } from '@/components/ui/MoneyField';
import { PeoplePicker } from '@/components/ui/PeoplePicker';
import type { Person } from '@/lib/api/types';

import { budgetsProblem, guestOf, type Guest } from '../lib/occasion-values';

export interface GuestsFieldProps {
  people: readonly Person[];
  /** The reader's own person, whose budget is for others to set. */
  me: string | null;
  currency: string;
  error?: string | undefined;
  value: readonly Guest[];
  onChange: (guests: Guest[]) => void;
}

/** Who gets something, and for how much. */
export function GuestsField({ people, me, currency, error, value, onChange }: GuestsFieldProps) {
  const choose = (ids: string[]) =>
    onChange(
      ids.map(
        (id) =>
          value.find(({ person_id }) => person_id === id) ??
          guestOf({ person_id: id, budget: null }, currency),
      ),
    );
  const change = (id: string, budget: string) =>
    onChange(value.map((guest) => (guest.person_id === id ? { ...guest, budget } : guest)));

  const nameOf = (id: string) => people.find((person) => person.id === id)?.name ?? '';
  const others = value.filter(({ person_id }) => person_id !== me);
  const isAboutBudgets = budgetsProblem(others) !== undefined;
  return (
    <div className="flex flex-col gap-4">
      <PeoplePicker
        legend="Who gets something?"
        error={isAboutBudgets ? undefined : error}
        people={people}
        value={value.map(({ person_id }) => person_id)}
        onChange={choose}
      />
      {others.length > 0 && (
        <fieldset className="grid gap-x-4 gap-y-3 rounded-md bg-sunken p-4 sm:grid-cols-2">
          <legend className="sr-only">Budget per person</legend>
          {others.map((guest) => (
            <MoneyField
              key={guest.person_id}
              label={`For ${nameOf(guest.person_id)}`}
              currency={guest.currency}
              placeholder="No limit"
              error={error && moneyProblem(guest.budget, guest.currency)}
              value={guest.budget}
              onChange={(event) => change(guest.person_id, event.target.value)}
            />
          ))}
        </fieldset>
      )}
    </div>
  );
}
