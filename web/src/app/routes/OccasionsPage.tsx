import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';

import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { LoadError, Page } from '@/components/ui/Page';
import { SkeletonCards } from '@/components/ui/Skeleton';
import { OccasionCard } from '@/features/occasions/components/OccasionCard';
import { OccasionDialog } from '@/features/occasions/components/OccasionDialog';
import { byNext } from '@/features/occasions/lib/by-next';
import { occasionsQuery, peopleQuery } from '@/lib/api/queries';
import type { Occasion } from '@/lib/api/types';

export function OccasionsPage() {
  const [dialog, setDialog] = useState<Occasion | 'new' | null>(null);
  return (
    <Page
      title="Occasions"
      subtitle="The days to give on, the next one first."
      actions={
        <Button onClick={() => setDialog('new')}>
          <Plus aria-hidden className="size-4" /> Add an occasion
        </Button>
      }
    >
      <Occasions onOpen={setDialog} />
      {dialog && (
        <OccasionDialog
          occasion={dialog === 'new' ? undefined : dialog}
          onClose={() => setDialog(null)}
        />
      )}
    </Page>
  );
}

function Occasions({ onOpen }: { onOpen: (occasion: Occasion | 'new') => void }) {
  const { data: occasions, error, refetch } = useQuery(occasionsQuery());
  if (!occasions) {
    return error ? <LoadError error={error} retry={() => void refetch()} /> : <SkeletonCards />;
  }
  if (occasions.length === 0) {
    return (
      <EmptyState
        title="What is there to celebrate?"
        body="Add Christmas, a birthday or a wedding, and Tidings counts the days and keeps the budgets."
        action={<Button onClick={() => onOpen('new')}>Add the first</Button>}
      />
    );
  }
  const { coming, over } = byNext(occasions);
  return (
    <div className="flex flex-col gap-8">
      <Group title="Coming up" occasions={coming} onOpen={onOpen} />
      <Group title="Over" occasions={over} onOpen={onOpen} />
    </div>
  );
}

interface GroupProps {
  title: string;
  occasions: readonly Occasion[];
  onOpen: (occasion: Occasion) => void;
}

function Group({ title, occasions, onOpen }: GroupProps) {
  const { data: people = [] } = useQuery(peopleQuery());
  if (occasions.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className="mb-3 text-lg">{title}</h2>
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {occasions.map((occasion) => (
          <li key={occasion.id} className="flex">
            <OccasionCard occasion={occasion} people={people} onOpen={() => onOpen(occasion)} />
          </li>
        ))}
      </ul>
    </section>
  );
}
