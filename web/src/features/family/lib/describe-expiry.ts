const MS_PER_HOUR = 3_600_000;

/** "for 7 days, until Sunday 29 November at 23:40". */
export function describeExpiry(expiresAt: string, now = new Date()): string {
  const end = new Date(expiresAt);
  const hours = Math.round((end.getTime() - now.getTime()) / MS_PER_HOUR);
  if (hours < 1) return 'for less than an hour';
  const [count, unit] = hours < 48 ? [hours, 'hour'] : [Math.round(hours / 24), 'day'];
  const day = new Intl.DateTimeFormat(undefined, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  }).format(end);
  const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }).format(end);
  return `for ${count} ${unit}${count === 1 ? '' : 's'}, until ${day} at ${time}`;
}
