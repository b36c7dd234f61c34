import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';

import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { LoadError, Page } from '@/components/ui/Page';
import { SkeletonCards } from '@/components/ui/Skeleton';
import { PersonCard } from '@/features/people/components/PersonCard';
import { PersonDialog } from '@/features/people/components/PersonDialog';
import { peopleQuery } from '@/lib/api/queries';
import type { Person } from '@/lib/api/types';
import { useMe } from '@/lib/context/AuthContext';

export function PeoplePage() {
  const [dialog, setDialog] = useState<Person | 'new' | null>(null);
  const add = (
    <Button onClick={() => setDialog('new')}>
      <Plus aria-hidden className="size-4" /> Add a person
    </Button>
  );
  return (
    <Page
      title="People"
      subtitle="Everybody you give something to. They need no account."
      actions={add}
    >
      <People onOpen={setDialog} />
      {dialog && (
        <PersonDialog
          person={dialog === 'new' ? undefined : dialog}
          onClose={() => setDialog(null)}
        />
      )}
    </Page>
  );
}

function People({ onOpen }: { onOpen: (person: Person | 'new') => void }) {
  const { user } = useMe();
  const { data: people, error, refetch } = useQuery(peopleQuery());
  if (!people) {
    return error ? <LoadError error={error} retry={() => void refetch()} /> : <SkeletonCards />;
  }
  const alone = people.every(({ id }) => id === user.person_id);
  return (
    <div className="flex flex-col gap-4">
      <ul className="grid gap-4 empty:hidden sm:grid-cols-2 lg:grid-cols-3">
        {people.map((person) => (
          <li key={person.id} className="flex">
            <PersonCard
              person={person}
              isMe={person.id === user.person_id}
              onOpen={() => onOpen(person)}
            />
          </li>
        ))}
      </ul>
      {alone && (
        <EmptyState
          title="Who gets something?"
          body="Add the people you give to, children and grandparents included, with what they like and the sizes they wear."
          action={<Button onClick={() => onOpen('new')}>Add somebody</Button>}
        />
      )}
    </div>
  );
}
