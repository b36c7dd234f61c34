import { useMutation, useQueryClient } from '@tanstack/react-query';

import { apiClient } from '@/lib/api/client';
import type { ListItem, ListItemPatch } from '@/lib/api/types';
import { listItemsKey } from '@/lib/keys';

export interface UpdateItemInput {
  itemId: string;
  /** Only the fields that change. */
  patch: ListItemPatch;
  mutationId: string;
}

export const updateItem = ({ itemId, patch, mutationId }: UpdateItemInput): Promise<ListItem> =>
  apiClient.patch<ListItem>(`/list-items/${itemId}`, patch, { mutationId });

export function useUpdateItem(listId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: updateItem,
    onSettled: () => queryClient.invalidateQueries({ queryKey: listItemsKey(listId) }),
  });
}
