/** A day as YYYY-MM-DD, in the reader's own time zone. */
export function today(now = new Date()): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

const MS_PER_DAY = 86_400_000;

/** Whole days from one day to another; negative when it is over. */
export function daysUntil(day: string, from = today()): number {
  return Math.round((Date.parse(`${day}T00:00Z`) - Date.parse(`${from}T00:00Z`)) / MS_PER_DAY);
}

/** "today", "tomorrow", "in 12 days", "3 days ago". */
export function describeDays(days: number): string {
  if (days === 0) return 'today';
  if (days === 1) return 'tomorrow';
  if (days === -1) return 'yesterday';
  return days > 0 ? `in ${days} days` : `${-days} days ago`;
}

/** "24 December", with the year when it is not this one. */
export function formatDay(day: string, from = today()): string {
  const sameYear = day.slice(0, 4) === from.slice(0, 4);
  return new Intl.DateTimeFormat(undefined, {
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
    ...(sameYear ? {} : { year: 'numeric' as const }),
  }).format(new Date(`${day}T00:00Z`));
}

/** The next time a yearly day such as a birthday comes round. */
export function nextYearly(day: string, from = today()): string {
  const [, month = '01', date = '01'] = day.split('-');
  const year = Number(from.slice(0, 4));
  // 29 February falls on 1 March in other years.
  const at = (y: number) => new Date(Date.UTC(y, Number(month) - 1, Number(date)));
  const text = (d: Date) => d.toISOString().slice(0, 10);
  const thisYear = text(at(year));
  return thisYear >= from ? thisYear : text(at(year + 1));
}
