import { queryOptions, useQuery } from '@tanstack/react-query';

import { usePollingFallback, useRealtimeSync } from '@/hooks/useRealtimeSync';
import { apiClient } from '@/lib/api/client';
import type { Wish } from '@/lib/api/types';
import { wishesKey, wishesTopic } from '@/lib/keys';

/** How often the wishes are read while there is no live connection. */
const POLL_MS = 20_000;

export const wishesQuery = (listId: string) =>
  queryOptions({
    queryKey: wishesKey(listId),
    queryFn: ({ signal }) => apiClient.get<Wish[]>(`/wishes?list_id=${listId}`, { signal }),
  });

/** The wishes of a list, kept equal to the server's while the component is mounted. */
export function useWishes(listId: string) {
  const query = useQuery(wishesQuery(listId));
  const queryKey = wishesKey(listId);
  useRealtimeSync({ topic: wishesTopic(listId), queryKey });
  usePollingFallback({ queryKey, intervalMs: POLL_MS });
  return query;
}
