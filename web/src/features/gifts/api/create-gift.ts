import { useMutation, useQueryClient } from '@tanstack/react-query';

import { allGiftsQuery } from '@/hooks/useGifts';
import { apiClient } from '@/lib/api/client';
import type { Gift, GiftInput } from '@/lib/api/types';

export interface CreateGift {
  input: GiftInput;
  mutationId: string;
}

export const createGift = ({ input, mutationId }: CreateGift) =>
  apiClient.post<Gift>('/gifts', input, { mutationId });

export function useCreateGift() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: createGift,
    onSuccess: () =>
      queryClient.invalidateQueries({ queryKey: allGiftsQuery().queryKey, exact: true }),
  });
}
