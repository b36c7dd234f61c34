import { useId, type ReactNode } from 'react';

import type { Person } from '@/lib/api/types';
import { cn } from '@/lib/cn';

import { Avatar } from './Avatar';

export interface PeoplePickerProps {
  legend: string;
  hint?: ReactNode;
  error?: string | undefined;
  people: readonly Person[];
  /** The ids of those who are chosen. */
  value: readonly string[];
  onChange: (ids: string[]) => void;
}

/** Chooses any number of people. */
export function PeoplePicker({ legend, hint, error, people, value, onChange }: PeoplePickerProps) {
  const id = useId();
  const note = error ?? hint;
  const toggle = (person: string, on: boolean) =>
    onChange(on ? [...value, person] : value.filter((other) => other !== person));
  return (
    <fieldset className="min-w-0" aria-describedby={note ? id : undefined}>
      <legend className="mb-1.5 text-sm font-medium">{legend}</legend>
      <div className="flex flex-wrap gap-2">
        {people.map((person) => (
          <label
            key={person.id}
            className="relative inline-flex h-10 max-w-full items-center gap-2 rounded-full border border-line-strong/60 pr-4 pl-1 text-base transition-colors hover:border-line-strong has-checked:border-berry has-checked:bg-berry-soft has-checked:text-berry has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-ring pointer-coarse:h-11"
          >
            <input
              type="checkbox"
              className="absolute inset-0 size-full cursor-pointer opacity-0"
              checked={value.includes(person.id)}
              onChange={(event) => toggle(person.id, event.target.checked)}
            />
            <Avatar name={person.name} color={person.color} photo={person.photo_url} />
            <span className="truncate">{person.name}</span>
          </label>
        ))}
      </div>
      {note && (
        <p
          id={id}
          role={error ? 'alert' : undefined}
          className={cn('mt-1.5 text-sm break-words', error ? 'text-danger' : 'text-faint')}
        >
          {note}
        </p>
      )}
    </fieldset>
  );
}
