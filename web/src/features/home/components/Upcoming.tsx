import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Cake, CalendarHeart } from 'lucide-react';

import { Avatar } from '@/components/ui/Avatar';
import { buttonClass } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { Skeleton } from '@/components/ui/Skeleton';
import { occasionsQuery, peopleQuery } from '@/lib/api/queries';
import { cn } from '@/lib/cn';
import type { Person } from '@/lib/api/types';
import { formatDay } from '@/lib/dates';

import { comingUp, type Upcoming as UpcomingDay } from '../lib/coming-up';

/** Days shown on the home page. */
const SHOWN = 4;

/** Faces shown of a day's people; the others are counted. */
const MAX_FACES = 3;

/** An occasion this near is shown as urgent, in days. */
const SOON_DAYS = 14;

/** The next days to give on, with how long there is left. */
export function Upcoming() {
  const occasions = useQuery(occasionsQuery());
  const people = useQuery(peopleQuery());
  if (occasions.isPending || people.isPending) return <Skeleton className="h-28 rounded-lg" />;
  const days = comingUp(occasions.data ?? [], people.data ?? []).slice(0, SHOWN);
  if (days.length === 0) {
    return (
      <EmptyState
        title="Nothing coming up"
        body="Add Christmas, a birthday or any other day to give on, and you will see how much time is left."
        action={
          <Link to="/occasions" className={buttonClass('secondary')}>
            Add an occasion
          </Link>
        }
      />
    );
  }
  return (
    <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
      {days.map((day) => (
        <Day key={day.key} day={day} />
      ))}
    </ul>
  );
}

function Day({ day }: { day: UpcomingDay }) {
  const soon = day.daysLeft <= SOON_DAYS;
  const Icon = day.kind === 'birthday' ? Cake : CalendarHeart;
  return (
    <li className="flex items-center gap-4 rounded-lg border border-line bg-surface p-4 shadow-card sm:flex-col sm:items-stretch sm:gap-3">
      <p className={cn('shrink-0 leading-none', soon ? 'text-berry' : 'text-ink')}>
        <span className="text-3xl font-semibold tracking-[-0.03em] tabular-nums">
          {day.daysLeft === 0 ? 'Today' : day.daysLeft}
        </span>
        {day.daysLeft > 0 && (
          <span className="ml-1.5 text-sm font-medium">{day.daysLeft === 1 ? 'day' : 'days'}</span>
        )}
      </p>
      <div className="flex min-w-0 grow items-end justify-between gap-3">
        <div className="min-w-0">
          <h3 className="truncate text-base tracking-normal">{day.title}</h3>
          <p className="flex items-center gap-1.5 text-sm text-soft">
            <Icon aria-hidden className="size-3.5" /> {formatDay(day.day)}
          </p>
        </div>
        <Faces people={day.people} />
      </div>
    </li>
  );
}

/** Who gets something that day. */
function Faces({ people }: { people: readonly Person[] }) {
  const others = people.slice(MAX_FACES).map(({ name }) => name);
  return (
    <div className="flex shrink-0 items-center gap-0.5">
      {people.slice(0, MAX_FACES).map(({ id, name, color, photo_url }) => (
        <Avatar key={id} name={name} color={color} photo={photo_url} size="xs" label={name} />
      ))}
      {others.length > 0 && (
        <span title={others.join(', ')} className="pl-0.5 text-xs font-semibold text-soft">
          +{others.length}
          <span className="sr-only">{`: ${others.join(', ')}`}</span>
        </span>
      )}
    </div>
  );
}
