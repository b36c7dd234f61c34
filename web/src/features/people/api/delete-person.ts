import { useMutation, useQueryClient } from '@tanstack/react-query';

import { allGiftsQuery } from '@/hooks/useGifts';
import { listsQuery, occasionsQuery, peopleQuery } from '@/lib/api/queries';
import { apiClient, newMutationId } from '@/lib/api/client';

export const deletePerson = (id: string) =>
  apiClient.delete(`/persons/${id}`, { mutationId: newMutationId() });

export function useDeletePerson() {
  const queryClient = useQueryClient();
  // All of these may have named them.
  const touched = [peopleQuery(), listsQuery(), occasionsQuery(), allGiftsQuery()];
  return useMutation({
    mutationFn: deletePerson,
    onSuccess: () =>
      Promise.all(touched.map(({ queryKey }) => queryClient.invalidateQueries({ queryKey }))),
  });
}
