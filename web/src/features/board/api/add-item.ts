import { useMutation, useQueryClient } from '@tanstack/react-query';

import { apiClient, newMutationId } from '@/lib/api/client';
import type { ListItem, ListItemInput } from '@/lib/api/types';
import { listItemsKey } from '@/lib/keys';

/** Puts a gift on the list: one that exists, or a new one. */
export const addItem = (input: ListItemInput): Promise<ListItem> =>
  apiClient.post<ListItem>('/list-items', input, { mutationId: newMutationId() });

export function useAddItem(listId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (input: Omit<ListItemInput, 'list_id'>) => addItem({ ...input, list_id: listId }),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ['gifts'] });
      void queryClient.invalidateQueries({ queryKey: ['lists'] });
      return queryClient.invalidateQueries({ queryKey: listItemsKey(listId) });
    },
  });
}
