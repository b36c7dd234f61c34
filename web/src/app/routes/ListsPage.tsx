import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState } from 'react';

import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { LoadError, Page } from '@/components/ui/Page';
import { SkeletonCards } from '@/components/ui/Skeleton';
import { ListDialog } from '@/features/lists/components/ListDialog';
import { ListGrid } from '@/features/lists/components/ListGrid';
import { listsQuery } from '@/lib/api/queries';

export function ListsPage() {
  const lists = useQuery(listsQuery());
  const navigate = useNavigate();
  const [creating, setCreating] = useState(false);
  const create = (
    <Button onClick={() => setCreating(true)}>
      <Plus aria-hidden className="size-4" /> New list
    </Button>
  );
  return (
    <Page title="Lists" subtitle="Every list is a board of its own." actions={create}>
      {lists.isPending && <SkeletonCards />}
      {lists.isError && <LoadError error={lists.error} retry={() => void lists.refetch()} />}
      {lists.data?.length === 0 && (
        <EmptyState
          title="No lists yet"
          body="Start one for a person or an occasion, and collect ideas together."
          action={
            <Button look="secondary" onClick={() => setCreating(true)}>
              Start the first list
            </Button>
          }
        />
      )}
      {lists.data && lists.data.length > 0 && <ListGrid lists={lists.data} />}
      {creating && (
        <ListDialog
          onClose={() => setCreating(false)}
          onSaved={({ id }) => void navigate({ to: '/lists/$listId', params: { listId: id } })}
        />
      )}
    </Page>
  );
}
