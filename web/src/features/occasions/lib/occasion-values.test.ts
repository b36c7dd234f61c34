import { describe, expect, it } from 'vitest';

import type { Occasion } from '@/lib/api/types';

import { budgetsProblem, occasionFields, occasionValues } from './occasion-values';

const christmas: Occasion = {
  id: 'o1',
  name: 'Christmas',
  type: 'holiday',
  date: '2026-12-24',
  description: 'At grandma’s',
  budget_total: { amount: 40_050, currency: 'CHF' },
  recurrence_rule: 'yearly',
  next_occurrence: '2026-12-24',
  people: [
    { person_id: 'mia', budget: { amount: 5_000, currency: 'EUR' } },
    { person_id: 'ben', budget: null },
  ],
  version: 2,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
};

describe('occasionFields', () => {
  it('gives back what the form was filled with, each amount in its own currency', () => {
    expect(christmas).toMatchObject(occasionFields(occasionValues(christmas, 'EUR'), 'CHF', null));
  });

  it('makes amounts of what was typed', () => {
    const fields = occasionFields(
      {
        ...occasionValues(christmas, 'EUR'),
        budget_total: '1 234,5',
        recurrence_rule: false,
        people: [{ person_id: 'mia', budget: '', currency: 'EUR' }],
      },
      'EUR',
      null,
    );
    expect(fields).toMatchObject({
      budget_total: { amount: 123_450, currency: 'EUR' },
      recurrence_rule: '',
      people: [{ person_id: 'mia', budget: null }],
    });
  });

  it('makes what comes round by its kind yearly', () => {
    const values = { ...occasionValues(undefined, 'EUR'), recurrence_rule: false };
    const ruleOf = (type: Occasion['type']) =>
      occasionFields({ ...values, type }, 'EUR', null).recurrence_rule;
    expect([ruleOf('recurring'), ruleOf('holiday')]).toEqual(['yearly', '']);
  });

  it('leaves the total to the others where it is one’s own budget', () => {
    const values = occasionValues(christmas, 'EUR');
    const alone = { ...values, people: values.people.slice(0, 1) };
    expect(occasionFields(alone, 'CHF', 'mia').budget_total).toBeNull();
    expect(occasionFields(alone, 'CHF', 'ben').budget_total).toEqual(christmas.budget_total);
    expect(occasionFields(values, 'CHF', 'mia').budget_total).toEqual(christmas.budget_total);
  });
});

describe('budgetsProblem', () => {
  it('finds the budget that is no amount', () => {
    const guest = { person_id: 'mia', currency: 'EUR' };
    expect(budgetsProblem([{ ...guest, budget: '50' }])).toBeUndefined();
    expect(
      budgetsProblem([
        { ...guest, budget: '50' },
        { ...guest, budget: 'lots' },
      ]),
    ).toBe('Write an amount, such as 49.90.');
  });
});
