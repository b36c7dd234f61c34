import { daysUntil, describeDays, nextYearly, today } from '@/lib/dates';

interface YearlyDay {
  /** The next one, as YYYY-MM-DD. */
  day: string;
  /** Whole days until then. */
  days: number;
  /** Whole years since the first. */
  years: number;
}

/** The next time the day `since` comes round; that day itself as long as it is to come. */
export function nextRound(since: string, from = today()): YearlyDay {
  const day = since > from ? since : nextYearly(since, from);
  const years = Number(day.slice(0, 4)) - Number(since.slice(0, 4));
  return { day, days: daysUntil(day, from), years };
}

/** "turns 7 in 23 days". */
export function describeBirthday(birthdate: string, from = today()): string {
  const { days, years } = nextRound(birthdate, from);
  if (years > 0) return `turns ${years} ${describeDays(days)}`;
  return days === 0 ? 'born today' : `expected ${describeDays(days)}`;
}

/** "12 years in 40 days". */
export function describeAnniversary(anniversary: string, from = today()): string {
  const { days, years } = nextRound(anniversary, from);
  if (years === 0) return describeDays(days);
  return `${years} ${years === 1 ? 'year' : 'years'} ${describeDays(days)}`;
}
