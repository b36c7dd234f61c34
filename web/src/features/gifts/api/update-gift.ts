import { useMutation, useQueryClient } from '@tanstack/react-query';

import { allGiftsQuery } from '@/hooks/useGifts';
import { apiClient } from '@/lib/api/client';
import type { Gift, GiftPatch } from '@/lib/api/types';

export interface UpdateGift {
  id: string;
  patch: GiftPatch;
  mutationId: string;
}

export const updateGift = ({ id, patch, mutationId }: UpdateGift) =>
  apiClient.patch<Gift>(`/gifts/${id}`, patch, { mutationId });

export function useUpdateGift() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: updateGift,
    // Lists hold it too, and a refusal may mean that somebody else changed it.
    onSettled: () => queryClient.invalidateQueries({ queryKey: allGiftsQuery().queryKey }),
  });
}
