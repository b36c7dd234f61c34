import { queryOptions, useQuery } from '@tanstack/react-query';

import { apiClient } from '@/lib/api/client';
import type { ListItem, ListItemPayload } from '@/lib/api/types';
import { afterEvent } from '@/lib/item-order';
import { listItemsKey, listItemsTopic } from '@/lib/keys';
import type { WSEvent } from '@/lib/websocket';

import { usePollingFallback, useRealtimeSync } from './useRealtimeSync';

/** How often the board is read while there is no live connection. */
const POLL_MS = 10_000;

export const listItemsQuery = (listId: string) =>
  queryOptions({
    queryKey: listItemsKey(listId),
    queryFn: ({ signal }) => apiClient.get<ListItem[]>(`/list-items?list_id=${listId}`, { signal }),
  });

/** The items of a list, kept equal to the server's while the component is mounted. */
export function useListItems(listId: string) {
  const query = useQuery(listItemsQuery(listId));
  const queryKey = listItemsKey(listId);
  useRealtimeSync({
    topic: listItemsTopic(listId),
    queryKey,
    // An event carries nearly all that REST returns of the item: there is no need to ask again.
    onEvent: (event: WSEvent<ListItemPayload>, client) =>
      client.setQueryData<ListItem[]>(queryKey, (items) => items && afterEvent(items, event)),
  });
  usePollingFallback({ queryKey, intervalMs: POLL_MS });
  return query;
}
