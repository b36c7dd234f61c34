import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { optimisticUpdate, useRealtimeSync } from '@/hooks/useRealtimeSync';
import { apiClient } from '@/lib/api/client';
import type { ListItem } from '@/lib/api/types';

/** The items of a list; what is added is written into the cache directly. */
export function useListItems(listId: string) {
  const queryKey = ['list-items', listId];

  const query = useQuery({
    queryKey,
    queryFn: () => apiClient.get(`/list-items?list_id=${listId}`),
  });

  useRealtimeSync({
    topic: `list-items:${listId}`,
    queryKey,
    onEvent: (event, queryClient) => {
      queryClient.setQueryData(queryKey, (old: ListItem[] | undefined) => {
        // A fetch may hold the item already, and before the first one there is nothing to add to.
        if (event.event === 'ADDED' && !old?.some(({ id }) => id === event.data.entity_id)) {
          return old && [...old, event.data.payload];
        }
        return old;
      });
    },
  });

  return query;
}

/** Moves a card to the end of another column; it shows at once. */
export function useMoveItem() {
  const queryClient = useQueryClient();

  return useMutation({
    mutationFn: ({ id, status }: ListItem) => apiClient.patch(`/list-items/${id}`, { status }),

    onMutate: async (moved) => {
      const rollback = await optimisticUpdate(
        queryClient,
        ['list-items', moved.list_id],
        (old: ListItem[]) => old.map((item) => (item.id === moved.id ? moved : item)),
      );
      return { rollback };
    },

    onError: (err, variables, context) => {
      context?.rollback();
    },
  });
}
