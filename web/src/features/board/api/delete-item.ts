import { useMutation, useQueryClient } from '@tanstack/react-query';

import { apiClient, newMutationId } from '@/lib/api/client';
import { listItemsKey } from '@/lib/keys';

export const deleteItem = (itemId: string): Promise<void> =>
  apiClient.delete(`/list-items/${itemId}`, { mutationId: newMutationId() });

export function useDeleteItem(listId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: deleteItem,
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: ['lists'] });
      return queryClient.invalidateQueries({ queryKey: listItemsKey(listId) });
    },
  });
}
