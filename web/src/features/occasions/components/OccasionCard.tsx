import { Repeat } from 'lucide-react';

import { Avatar } from '@/components/ui/Avatar';
import { Badge } from '@/components/ui/Badge';
import type { Occasion, Person } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { daysUntil, describeDays, formatDay } from '@/lib/dates';
import { formatMoney } from '@/lib/money';

import { OCCASION_TYPES } from '../lib/occasion-types';

/** An occasion this near, in days, stands out. */
const SOON_DAYS = 30;

export interface OccasionCardProps {
  occasion: Occasion;
  people: readonly Person[];
  onOpen: () => void;
}

/** An occasion at a glance; the whole card opens it. */
export function OccasionCard({ occasion, people, onOpen }: OccasionCardProps) {
  const { name, type, description, budget_total, recurrence_rule } = occasion;
  const day = occasion.next_occurrence ?? occasion.date;
  const days = daysUntil(day);
  return (
    <article className="relative flex grow flex-col gap-4 rounded-lg border border-line bg-surface p-4 shadow-card transition-[box-shadow,transform] duration-200 hover:-translate-y-0.5 hover:shadow-lift">
      <header className="flex items-center gap-4">
        <CalendarLeaf day={day} soon={days >= 0 && days <= SOON_DAYS} />
        <div className="min-w-0 grow">
          <h3 className="text-lg leading-snug break-words">
            <button
              type="button"
              onClick={onOpen}
              className="text-left after:absolute after:inset-0 after:rounded-lg"
            >
              {name}
            </button>
          </h3>
          <p className="text-sm text-soft">
            <span className="sr-only">{formatDay(day)}, </span>
            <span className="inline-block first-letter:uppercase">{describeDays(days)}</span>
            {budget_total && ` · ${formatMoney(budget_total)} in all`}
          </p>
        </div>
      </header>
      {description && <p className="line-clamp-2 text-sm text-soft">{description}</p>}
      <Guests occasion={occasion} people={people} />
      <footer className="mt-auto flex flex-wrap gap-1.5">
        <Badge tone={OCCASION_TYPES[type].tone}>{OCCASION_TYPES[type].label}</Badge>
        {recurrence_rule === 'yearly' && (
          <Badge>
            <Repeat aria-hidden className="size-3.5" /> Every year
          </Badge>
        )}
      </footer>
    </article>
  );
}

/** The day as a calendar has it. */
function CalendarLeaf({ day, soon }: { day: string; soon: boolean }) {
  const date = new Date(`${day}T00:00Z`);
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(undefined, { ...options, timeZone: 'UTC' }).format(date);
  return (
    <div
      aria-hidden
      className="w-14 shrink-0 overflow-hidden rounded-md border border-line text-center"
    >
      <p
        className={cn(
          'text-xs leading-5 font-semibold',
          soon ? 'bg-berry text-on-berry' : 'bg-sunken text-soft',
        )}
      >
        {part({ month: 'short' })}
      </p>
      <p className="py-1 text-xl font-semibold tabular-nums">{part({ day: 'numeric' })}</p>
    </div>
  );
}

function Guests({ occasion, people }: Omit<OccasionCardProps, 'onOpen'>) {
  const guests = occasion.people.flatMap(({ person_id, budget }) => {
    const person = people.find(({ id }) => id === person_id);
    return person ? [{ person, budget }] : [];
  });
  if (guests.length === 0) return null;
  return (
    <ul aria-label="Who gets something" className="flex flex-wrap gap-x-4 gap-y-2">
      {guests.map(({ person, budget }) => (
        <li key={person.id} className="flex max-w-full items-center gap-2 text-sm">
          <Avatar name={person.name} color={person.color} photo={person.photo_url} size="xs" />
          <span className="truncate">{person.name}</span>
          {budget && <span className="shrink-0 text-faint">{formatMoney(budget)}</span>}
        </li>
      ))}
    </ul>
  );
}
