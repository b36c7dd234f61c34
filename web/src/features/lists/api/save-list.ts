import { useQueryClient } from '@tanstack/react-query';

import { apiClient } from '@/lib/api/client';
import type { List, ListInput, ListPatch } from '@/lib/api/types';

export const createList = (input: ListInput, mutationId: string) =>
  apiClient.post<List>('/lists', input, { mutationId });

export const updateList = (listId: string, patch: ListPatch, mutationId: string) =>
  apiClient.patch<List>(`/lists/${listId}`, patch, { mutationId });

/** Creating and changing lists; what is cached of them is read again afterwards. */
export function useSaveList() {
  const queryClient = useQueryClient();
  const refresh = async (saved: Promise<List>) => {
    const list = await saved;
    queryClient.setQueryData(['lists', list.id], list);
    await queryClient.invalidateQueries({ queryKey: ['lists'] });
    return list;
  };
  return {
    create: (...args: Parameters<typeof createList>) => refresh(createList(...args)),
    update: (...args: Parameters<typeof updateList>) => refresh(updateList(...args)),
  };
}
