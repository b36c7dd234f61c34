import { useMutation, useQueryClient } from '@tanstack/react-query';

import { occasionsQuery } from '@/lib/api/queries';
import { apiClient } from '@/lib/api/client';
import type { Occasion, OccasionPatch } from '@/lib/api/types';

export interface UpdateOccasion {
  id: string;
  patch: OccasionPatch;
  mutationId: string;
}

export const updateOccasion = ({ id, patch, mutationId }: UpdateOccasion) =>
  apiClient.patch<Occasion>(`/occasions/${id}`, patch, { mutationId });

export function useUpdateOccasion() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: updateOccasion,
    // A refusal may mean that somebody else changed it: read again in any case.
    onSettled: () => queryClient.invalidateQueries({ queryKey: occasionsQuery().queryKey }),
  });
}
