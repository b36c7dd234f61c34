import { describe, expect, it } from 'vitest';

import type { Occasion, Person } from '@/lib/api/types';

import { comingUp } from './coming-up';

const FROM = '2026-11-20';

const person = (id: string, birthdate: string | null) =>
  ({ id, name: id, birthdate, color: '', photo_url: '' }) as Person;
const occasion = (id: string, next_occurrence: string | null, people: string[] = []) =>
  ({
    id,
    name: id,
    next_occurrence,
    people: people.map((person_id) => ({ person_id, budget: null })),
  }) as Occasion;

describe('comingUp', () => {
  it('sorts by day and leaves out what is over', () => {
    const days = comingUp(
      [
        occasion('Christmas', '2026-12-24'),
        occasion('Advent', '2026-11-29'),
        occasion('Past', null),
      ],
      [],
      FROM,
    );
    expect(days.map(({ title, daysLeft }) => [title, daysLeft])).toEqual([
      ['Advent', 9],
      ['Christmas', 34],
    ]);
  });

  it('adds birthdays that are near', () => {
    const days = comingUp([], [person('Mia', '2019-12-01'), person('Tom', '1980-06-01')], FROM);
    expect(days.map(({ title, daysLeft }) => [title, daysLeft])).toEqual([['Mia’s birthday', 11]]);
  });

  it('counts a birthday once that is an occasion too', () => {
    const party = occasion('Mia turns 7', '2026-12-01', ['Mia']);
    const days = comingUp([party], [person('Mia', '2019-12-01')], FROM);
    expect(days.map(({ title }) => title)).toEqual(['Mia turns 7']);
  });
});
