import { useMutation, useQueryClient } from '@tanstack/react-query';

import { listsQuery, occasionsQuery } from '@/lib/api/queries';
import { apiClient, newMutationId } from '@/lib/api/client';

export const deleteOccasion = (id: string) =>
  apiClient.delete(`/occasions/${id}`, { mutationId: newMutationId() });

export function useDeleteOccasion() {
  const queryClient = useQueryClient();
  // Lists may have been for it.
  const touched = [occasionsQuery(), listsQuery()];
  return useMutation({
    mutationFn: deleteOccasion,
    onSuccess: () =>
      Promise.all(touched.map(({ queryKey }) => queryClient.invalidateQueries({ queryKey }))),
  });
}
