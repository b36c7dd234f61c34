'use client';

import { usePollingFallback } from '@/hooks/usePollingFallback';
import { useMoveItem } from '@/hooks/useListItems';
import { STATUSES, type ListItem, type Status } from '@/lib/api/types';

/** The board, in columns. A card is moved by its select. */
export function Kanban({ items, listId }: { items: ListItem[]; listId: string }) {
  const move = useMoveItem();
  usePollingFallback({ queryKey: ['list-items', listId] });

  return (
    <>
      {move.error && <p role="alert">{move.error.message}</p>}
      {STATUSES.map((status) => (
        <section key={status} aria-label={status}>
          <h2>{status}</h2>
          <ul>
            {items
              .filter((item) => item.status === status)
              .map((item) => (
                <li key={item.id}>
                  <span>{item.gift.name}</span>{' '}
                  <select
                    aria-label={`Move ${item.gift.name}`}
                    value={status}
                    onChange={({ target }) =>
                      move.mutate({ ...item, status: target.value as Status })
                    }
                  >
                    {STATUSES.map((each) => (
                      <option key={each}>{each}</option>
                    ))}
                  </select>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </>
  );
}
