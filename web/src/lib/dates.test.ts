import { describe, expect, it } from 'vitest';

import { daysUntil, describeDays, nextYearly, today } from './dates';

describe('days', () => {
  it('counts whole days over a change of clocks and of year', () => {
    expect(daysUntil('2026-03-30', '2026-03-28')).toBe(2);
    expect(daysUntil('2027-01-01', '2026-12-31')).toBe(1);
    expect(daysUntil('2026-12-01', '2026-12-04')).toBe(-3);
  });

  it('speaks of them in words', () => {
    const words = [0, 1, 12, -1, -3].map(describeDays);
    expect(words).toEqual(['today', 'tomorrow', 'in 12 days', 'yesterday', '3 days ago']);
  });

  it('takes the day from the local clock', () => {
    expect(today(new Date(2026, 0, 5, 23, 59))).toBe('2026-01-05');
  });
});

describe('nextYearly', () => {
  it.each([
    ['2019-12-09', '2026-11-20', '2026-12-09'],
    ['2019-11-20', '2026-11-20', '2026-11-20'],
    ['2019-03-02', '2026-11-20', '2027-03-02'],
    ['2020-02-29', '2026-01-10', '2026-03-01'],
    ['2020-02-29', '2028-01-10', '2028-02-29'],
  ])('%s seen from %s comes round on %s', (day, from, next) => {
    expect(nextYearly(day, from)).toBe(next);
  });
});
