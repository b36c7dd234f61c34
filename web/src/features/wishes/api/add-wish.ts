import { useMutation, useQueryClient } from '@tanstack/react-query';

import { apiClient, newMutationId } from '@/lib/api/client';
import type { GiftInput, Wish } from '@/lib/api/types';
import { wishesKey } from '@/lib/keys';

export const addWish = (listId: string, gift: GiftInput): Promise<Wish> =>
  apiClient.post<Wish>('/wishes', { list_id: listId, gift }, { mutationId: newMutationId() });

export function useAddWish(listId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (gift: GiftInput) => addWish(listId, gift),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ['gifts'] });
      void queryClient.invalidateQueries({ queryKey: ['lists'] });
      return queryClient.invalidateQueries({ queryKey: wishesKey(listId) });
    },
  });
}
