import { useMutation, useQueryClient } from '@tanstack/react-query';

import { listsQuery } from '@/lib/api/queries';
import { allGiftsQuery } from '@/hooks/useGifts';
import { apiClient, newMutationId } from '@/lib/api/client';

export const deleteGift = (id: string) =>
  apiClient.delete(`/gifts/${id}`, { mutationId: newMutationId() });

export function useDeleteGift() {
  const queryClient = useQueryClient();
  // Lists count their gifts.
  const touched = [allGiftsQuery(), listsQuery()];
  return useMutation({
    mutationFn: deleteGift,
    onSuccess: () =>
      Promise.all(touched.map(({ queryKey }) => queryClient.invalidateQueries({ queryKey }))),
  });
}
