import type { InvitePreview as Preview } from '@tidings/api';
import type { UseQueryResult } from '@tanstack/react-query';
import { Eye, EyeOff, History } from 'lucide-react';
import type { ReactNode } from 'react';

import { Skeleton } from '@/components/ui/Skeleton';
import { errorMessage } from '@/lib/api/problem';
import type { User } from '@/lib/api/types';
import { cn } from '@/lib/cn';

import { cardsInWords, hiddenThings, seenAlready } from '../lib/describe-preview';

export interface InvitePreviewProps {
  preview: UseQueryResult<Preview>;
  users: readonly User[];
}

/** What an invite hides from the newcomer, what it shows, and what they may have seen before. */
export function InvitePreview({ preview: { data, error }, users }: InvitePreviewProps) {
  if (!data) {
    if (!error) return <Skeleton className="h-24 rounded-md" />;
    return (
      <p role="alert" className="text-sm text-danger">
        {`What they would see cannot be shown. ${errorMessage(error)}`}
      </p>
    );
  }
  const hidden = hiddenThings(data);
  const seen = seenAlready(data, users);
  const { person_name: name, shown_cards: shown } = data;
  return (
    <section aria-label={`What ${name} will see`} className="flex min-w-0 flex-col gap-2 text-sm">
      <Part icon={<EyeOff aria-hidden className="size-4" />} title={`${name} will not see`}>
        {hidden.length === 0 && <li>{`Nothing yet: no list and no card is for ${name}.`}</li>}
        {hidden.map((thing) => (
          <li key={thing}>{thing}</li>
        ))}
      </Part>
      {shown.count > 0 && (
        <Part
          warns
          icon={<Eye aria-hidden className="size-4" />}
          title={`${name} will see, though it would suit ${name}`}
        >
          <li>{cardsInWords(shown)}</li>
          <li>{`These cards are for nobody in particular. Say on them that they are for ${name}, and ${name} will not see them.`}</li>
        </Part>
      )}
      {seen && (
        <Part
          icon={<History aria-hidden className="size-4" />}
          title={`${name} may have seen it already`}
        >
          <li>{seen}</li>
        </Part>
      )}
    </section>
  );
}

interface PartProps {
  icon: ReactNode;
  title: string;
  /** Whether there is something to be done. */
  warns?: boolean;
  children: ReactNode;
}

const Part = ({ icon, title, warns = false, children }: PartProps) => (
  <div className={cn('rounded-md px-3.5 py-2.5', warns ? 'bg-honey-soft text-honey' : 'bg-sunken')}>
    <h3 className="flex items-center gap-2 text-sm font-medium tracking-normal">
      <span className="shrink-0">{icon}</span>
      <span className="min-w-0 break-words">{title}</span>
    </h3>
    <ul className={cn('mt-1 flex flex-col gap-1 pl-6 break-words', !warns && 'text-soft')}>
      {children}
    </ul>
  </div>
);
