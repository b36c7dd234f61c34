import { useMutation, useQueryClient } from '@tanstack/react-query';

import { apiClient, newMutationId } from '@/lib/api/client';

export const deleteList = (listId: string) =>
  apiClient.delete(`/lists/${listId}`, { mutationId: newMutationId() });

export function useDeleteList() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: deleteList,
    onSuccess: (_, listId) => {
      queryClient.removeQueries({ queryKey: ['lists', listId] });
      return queryClient.invalidateQueries({ queryKey: ['lists'], exact: true });
    },
  });
}
