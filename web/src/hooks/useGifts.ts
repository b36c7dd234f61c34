import { infiniteQueryOptions, queryOptions, useQuery } from '@tanstack/react-query';

import { apiClient } from '@/lib/api/client';
import type { Gift, ListGift, Page } from '@/lib/api/types';
import { STALE_MS } from '@/lib/query-client';

export const giftsQuery = (listId: string) =>
  queryOptions({
    queryKey: ['gifts', listId],
    queryFn: ({ signal }) => apiClient.get<ListGift[]>(`/gifts?list_id=${listId}`, { signal }),
    staleTime: STALE_MS,
  });

/** The gifts of a list. They change rarely, so being fresh for a while is enough. */
export const useGifts = (listId: string) => useQuery(giftsQuery(listId));

/**
 * One gift as it is now, to be edited. What a page holds of it may be older than its version says:
 * whom it would suit counts none, and is in no event.
 */
export const freshGiftQuery = (id: string) =>
  queryOptions({
    queryKey: ['gift', id],
    queryFn: ({ signal }) => apiClient.get<Gift>(`/gifts/${id}`, { signal }),
    gcTime: 0,
    retry: false,
  });

/** Gifts read at a time when all of them are paged through. */
const GIFTS_PER_PAGE = 60;

/** Every gift the reader may see, newest first, page by page. */
export const allGiftsQuery = () =>
  infiniteQueryOptions({
    queryKey: ['gifts'],
    queryFn: ({ signal, pageParam }) => {
      const query = new URLSearchParams({ limit: String(GIFTS_PER_PAGE) });
      if (pageParam) query.set('cursor', pageParam);
      return apiClient.get<Page<Gift>>(`/gifts?${query}`, { signal });
    },
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor || undefined,
  });
