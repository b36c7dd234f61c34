import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { optimisticUpdate, useRealtimeSync } from '@/hooks/useRealtimeSync';
import { apiClient } from '@/lib/api/client';
import type { Gift } from '@/lib/api/types';

export function useGifts(listId: string) {
  const queryKey = ['gifts', listId];

  const query = useQuery({
    queryKey,
    queryFn: () => apiClient.get(`/gifts?list_id=${listId}`),
  });

  useRealtimeSync({
    topic: `gift-list:${listId}`,
    queryKey,
  });

  return query;
}

export function useUpdateGift() {
  const queryClient = useQueryClient();

  return useMutation({
    mutationFn: (data: Gift) => apiClient.patch(`/gifts/${data.id}`, data),

    onMutate: async (newGift) => {
      const rollback = await optimisticUpdate(
        queryClient,
        ['gifts', newGift.list_id],
        (old: Gift[]) => old.map((g) => (g.id === newGift.id ? newGift : g)),
      );
      return { rollback };
    },

    onError: (err, variables, context) => {
      context?.rollback();
    },
  });
}
