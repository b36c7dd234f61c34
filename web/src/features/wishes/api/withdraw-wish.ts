import { useMutation, useQueryClient } from '@tanstack/react-query';

import { apiClient, newMutationId } from '@/lib/api/client';
import { wishesKey } from '@/lib/keys';

export const withdrawWish = (wishId: string): Promise<void> =>
  apiClient.delete(`/wishes/${wishId}`, { mutationId: newMutationId() });

export function useWithdrawWish(listId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: withdrawWish,
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: ['lists'] });
      return queryClient.invalidateQueries({ queryKey: wishesKey(listId) });
    },
  });
}
