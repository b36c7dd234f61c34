import { Cake, Heart, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

import { Avatar } from '@/components/ui/Avatar';
import { Badge } from '@/components/ui/Badge';
import type { Person } from '@/lib/api/types';
import { formatDay } from '@/lib/dates';

import { describeAnniversary, describeBirthday, nextRound } from '../lib/yearly-days';

/** Interests shown on a card; the others are counted. */
const SHOWN_INTERESTS = 5;

export interface PersonCardProps {
  person: Person;
  /** The reader's own person. */
  isMe: boolean;
  onOpen: () => void;
}

/** Somebody at a glance; the whole card opens them. */
export function PersonCard({ person, isMe, onOpen }: PersonCardProps) {
  const { name, relationship, color, photo_url, user_id } = person;
  return (
    <article className="relative flex grow flex-col gap-4 rounded-lg border border-line bg-surface p-4 shadow-card transition-[box-shadow,transform] duration-200 hover:-translate-y-0.5 hover:shadow-lift">
      <header className="flex items-center gap-3">
        <Avatar name={name} color={color} photo={photo_url} size="md" />
        <div className="min-w-0 grow">
          <h2 className="text-lg leading-snug break-words">
            <button
              type="button"
              onClick={onOpen}
              className="text-left after:absolute after:inset-0 after:rounded-lg"
            >
              {name}
            </button>
          </h2>
          {relationship && <p className="truncate text-sm text-soft">{relationship}</p>}
        </div>
        {isMe ? <Badge tone="berry">You</Badge> : user_id && <Badge tone="pine">Member</Badge>}
      </header>
      <Days person={person} />
      <Likes person={person} />
      <Sizes sizes={person.sizes} />
      {person.notes && (
        <p className="line-clamp-2 border-t border-line pt-3 text-sm text-soft">{person.notes}</p>
      )}
    </article>
  );
}

function Days({ person: { birthdate, anniversary } }: { person: Person }) {
  if (!birthdate && !anniversary) return null;
  return (
    <div className="flex flex-col gap-1">
      {birthdate && (
        <DayLine
          icon={<Cake aria-hidden className="size-4 shrink-0 text-berry" />}
          words={describeBirthday(birthdate)}
          day={nextRound(birthdate).day}
        />
      )}
      {anniversary && (
        <DayLine
          icon={<Heart aria-hidden className="size-4 shrink-0 text-berry" />}
          words={`Anniversary: ${describeAnniversary(anniversary)}`}
          day={nextRound(anniversary).day}
        />
      )}
    </div>
  );
}

interface DayLineProps {
  icon: ReactNode;
  words: string;
  day: string;
}

const DayLine = ({ icon, words, day }: DayLineProps) => (
  <p className="flex items-center gap-2 text-sm">
    {icon}
    <span className="font-medium first-letter:uppercase">{words}</span>
    <span className="ml-auto shrink-0 text-faint">{formatDay(day)}</span>
  </p>
);

function Likes({ person: { interests, constraints } }: { person: Person }) {
  const more = interests.length - SHOWN_INTERESTS;
  return (
    <>
      {interests.length > 0 && (
        <ul aria-label="Interests" className="flex flex-wrap gap-1.5">
          {interests.slice(0, SHOWN_INTERESTS).map((interest) => (
            <li key={interest} className="max-w-full *:block *:max-w-full *:truncate *:leading-6">
              <Badge>{interest}</Badge>
            </li>
          ))}
          {more > 0 && (
            <li className="self-center text-xs text-faint">
              +{more}
              <span className="sr-only"> more</span>
            </li>
          )}
        </ul>
      )}
      {constraints.length > 0 && (
        <p className="flex items-start gap-2 text-sm text-honey">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span className="min-w-0 break-words">
            <span className="sr-only">Rather not: </span>
            {constraints.join(', ')}
          </span>
        </p>
      )}
    </>
  );
}

function Sizes({ sizes }: { sizes: Record<string, string> }) {
  const entries = Object.entries(sizes);
  if (entries.length === 0) return null;
  return (
    <dl aria-label="Sizes" className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
      {entries.map(([name, size]) => (
        <div key={name} className="flex max-w-full gap-1.5">
          <dt className="text-faint">{name}</dt>
          <dd className="truncate font-medium">{size}</dd>
        </div>
      ))}
    </dl>
  );
}
