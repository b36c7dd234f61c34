import { describe, expect, it } from 'vitest';

import { describeExpiry } from './describe-expiry';

describe('describeExpiry', () => {
  const now = new Date('2026-11-22T12:00:00');
  const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000).toISOString();

  it.each([
    [7 * 24, /^for 7 days, until .*29.* at /],
    [7 * 24 - 0.01, /^for 7 days, until /],
    [47, /^for 47 hours, until .*24.* at /],
    [1, /^for 1 hour, until .*22.* at /],
    [0.2, /^for less than an hour$/],
    [-5, /^for less than an hour$/],
  ])('in %d hours', (hours, words) => {
    expect(describeExpiry(inHours(hours), now)).toMatch(words);
  });
});
