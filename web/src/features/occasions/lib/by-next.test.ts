import { describe, expect, it } from 'vitest';

import type { Occasion } from '@/lib/api/types';

import { byNext } from './by-next';

const occasion = (name: string, date: string, next_occurrence: string | null): Occasion => ({
  id: name,
  name,
  type: 'other',
  date,
  description: '',
  budget_total: null,
  recurrence_rule: '',
  next_occurrence,
  people: [],
  version: 1,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
});

describe('byNext', () => {
  it('puts what comes next first, and what is over last, the latest first', () => {
    const { coming, over } = byNext([
      occasion('Wedding', '2025-06-01', null),
      occasion('Easter', '2020-04-12', '2027-03-28'),
      occasion('Moving in', '2026-02-01', null),
      occasion('Christmas', '2020-12-24', '2026-12-24'),
      occasion('Advent', '2020-12-24', '2026-12-24'),
    ]);
    expect(coming.map(({ name }) => name)).toEqual(['Advent', 'Christmas', 'Easter']);
    expect(over.map(({ name }) => name)).toEqual(['Moving in', 'Wedding']);
  });
});
