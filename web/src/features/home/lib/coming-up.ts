import type { Occasion, Person } from '@/lib/api/types';
import { daysUntil, nextYearly, today } from '@/lib/dates';

/** Birthdays further away than this are not shown yet, in days. */
const BIRTHDAY_HORIZON = 90;

export interface Upcoming {
  key: string;
  title: string;
  day: string;
  daysLeft: number;
  kind: 'occasion' | 'birthday';
  /** Who gets something. */
  people: Person[];
}

/** Occasions and birthdays to come, the next first. A birthday that is an occasion counts once. */
export function comingUp(
  occasions: readonly Occasion[],
  people: readonly Person[],
  from = today(),
): Upcoming[] {
  const planned = occasions.flatMap((occasion): Upcoming[] => {
    const day = occasion.next_occurrence;
    if (!day || daysUntil(day, from) < 0) return [];
    const guests = people.filter(({ id }) =>
      occasion.people.some(({ person_id }) => person_id === id),
    );
    const { id, name } = occasion;
    return [
      {
        key: id,
        title: name,
        day,
        daysLeft: daysUntil(day, from),
        kind: 'occasion',
        people: guests,
      },
    ];
  });
  const birthdays = people.flatMap((person): Upcoming[] => {
    if (!person.birthdate) return [];
    const day = nextYearly(person.birthdate, from);
    const daysLeft = daysUntil(day, from);
    const isPlanned = planned.some(
      (other) => other.day === day && other.people.some(({ id }) => id === person.id),
    );
    if (daysLeft > BIRTHDAY_HORIZON || isPlanned) return [];
    const title = `${person.name}’s birthday`;
    return [
      { key: `birthday-${person.id}`, title, day, daysLeft, kind: 'birthday', people: [person] },
    ];
  });
  return [...planned, ...birthdays].sort((a, b) => a.daysLeft - b.daysLeft);
}
