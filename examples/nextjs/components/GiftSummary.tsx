'use client';

import { useQuery } from '@tanstack/react-query';

import { useRealtimeSync } from '@/hooks/useRealtimeSync';
import { apiClient } from '@/lib/api/client';

/** How many gifts a list holds. It may lag a little: a burst of events costs one request. */
export function GiftSummary({ listId }: { listId: string }) {
  const { data } = useQuery({
    queryKey: ['gift-summary', listId],
    queryFn: async () => (await apiClient.get(`/gifts?list_id=${listId}`)).length,
  });

  useRealtimeSync({
    topic: `gift-list:${listId}`,
    queryKey: ['gift-summary', listId],
    debounceMs: 500, // Wait 500ms before invalidating
  });

  return <span data-testid="summary">{data === undefined ? '…' : `${data} gifts`}</span>;
}
