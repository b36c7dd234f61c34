import { describe, expect, it } from 'vitest';

import { describeAnniversary, describeBirthday, nextRound } from './yearly-days';

describe('nextRound', () => {
  it.each([
    ['later this year', '2019-12-15', '2026-11-22', { day: '2026-12-15', days: 23, years: 7 }],
    ['today', '2019-11-22', '2026-11-22', { day: '2026-11-22', days: 0, years: 7 }],
    ['gone by this year', '2019-11-21', '2026-11-22', { day: '2027-11-21', days: 364, years: 8 }],
    ['over new year', '2000-01-01', '2026-12-31', { day: '2027-01-01', days: 1, years: 27 }],
    ['29 February', '2020-02-29', '2027-02-01', { day: '2027-03-01', days: 28, years: 7 }],
    ['29 February, leap', '2020-02-29', '2028-02-01', { day: '2028-02-29', days: 28, years: 8 }],
    ['yet to come', '2027-03-05', '2026-11-22', { day: '2027-03-05', days: 103, years: 0 }],
  ])('%s', (_, since, from, expected) => {
    expect(nextRound(since, from)).toEqual(expected);
  });
});

describe('describeBirthday', () => {
  it.each([
    ['2019-12-15', 'turns 7 in 23 days'],
    ['2019-11-22', 'turns 7 today'],
    ['2019-11-23', 'turns 7 tomorrow'],
    ['2026-11-22', 'born today'],
    ['2026-12-02', 'expected in 10 days'],
  ])('%s: %s', (birthdate, words) => {
    expect(describeBirthday(birthdate, '2026-11-22')).toBe(words);
  });
});

describe('describeAnniversary', () => {
  it.each([
    ['2014-12-01', '12 years in 9 days'],
    ['2025-11-23', '1 year tomorrow'],
    ['2027-06-01', 'in 191 days'],
  ])('%s: %s', (anniversary, words) => {
    expect(describeAnniversary(anniversary, '2026-11-22')).toBe(words);
  });
});
