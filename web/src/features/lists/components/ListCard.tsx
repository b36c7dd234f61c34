import { Link } from '@tanstack/react-router';
import { EyeOff, Lock } from 'lucide-react';

import { Avatar } from '@/components/ui/Avatar';
import { Badge } from '@/components/ui/Badge';
import { LogoMark } from '@/components/ui/Logo';
import type { List, Occasion, Person } from '@/lib/api/types';
import { daysUntil, describeDays } from '@/lib/dates';

import { LIST_TYPES } from '../list-types';

export interface ListCardProps {
  list: List;
  person: Person | undefined;
  occasion: Occasion | undefined;
}

/** A list at a glance; the whole card leads to it. */
export function ListCard({ list, person, occasion }: ListCardProps) {
  return (
    <article className="group relative flex min-w-0 flex-col rounded-lg border border-line bg-surface p-4 shadow-card transition-[box-shadow,transform] duration-200 hover:-translate-y-0.5 hover:shadow-lift">
      <div className="flex items-start gap-3">
        {person ? (
          <Avatar name={person.name} color={person.color} photo={person.photo_url} size="md" />
        ) : (
          <LogoMark className="size-11" />
        )}
        <div className="min-w-0 grow">
          <h3 className="text-lg leading-snug break-words">
            <Link
              to="/lists/$listId"
              params={{ listId: list.id }}
              className="after:absolute after:inset-0 after:rounded-lg"
            >
              {list.name}
            </Link>
          </h3>
          <p className="line-clamp-2 text-sm text-pretty text-soft">
            {subtitle(list, person, occasion)}
          </p>
        </div>
      </div>
      <footer className="mt-4 flex flex-wrap items-center gap-1.5">
        <span className="mr-auto text-sm text-faint">{countOf(list)}</span>
        {list.access === 'wisher' && <Badge tone="iris">Your wishes</Badge>}
        {list.hidden_from_person && person && (
          <Badge tone="berry">
            <EyeOff aria-hidden className="size-3.5" /> {`Hidden from ${person.name}`}
          </Badge>
        )}
        {list.visibility === 'private' && (
          <Badge>
            <Lock aria-hidden className="size-3.5" /> Only you
          </Badge>
        )}
      </footer>
    </article>
  );
}

function subtitle(list: List, person: Person | undefined, occasion: Occasion | undefined): string {
  const about = person
    ? `${LIST_TYPES[list.type].label} for ${person.name}`
    : LIST_TYPES[list.type].label;
  if (!occasion) return about;
  const next = occasion.next_occurrence;
  return next
    ? `${about} · ${occasion.name} ${describeDays(daysUntil(next))}`
    : `${about} · ${occasion.name}`;
}

function countOf({ item_count, access }: List): string {
  const noun = access === 'wisher' ? 'wish' : 'gift';
  const plural = access === 'wisher' ? 'wishes' : 'gifts';
  if (item_count === 0) return `No ${plural} yet`;
  return `${item_count} ${item_count === 1 ? noun : plural}`;
}
