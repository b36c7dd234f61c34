'use client';

import { useListItems } from '@/hooks/useListItems';

/** How far a list has come. */
export function Progress({ listId }: { listId: string }) {
  const { data: items = [] } = useListItems(listId);
  const done = items.filter(({ status }) => status === 'purchased' || status === 'received');
  return (
    <p data-testid="progress">
      {done.length} of {items.length} purchased
    </p>
  );
}
