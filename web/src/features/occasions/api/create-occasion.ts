import { useMutation, useQueryClient } from '@tanstack/react-query';

import { occasionsQuery } from '@/lib/api/queries';
import { apiClient } from '@/lib/api/client';
import type { Occasion, OccasionInput } from '@/lib/api/types';

export interface CreateOccasion {
  input: OccasionInput;
  mutationId: string;
}

export const createOccasion = ({ input, mutationId }: CreateOccasion) =>
  apiClient.post<Occasion>('/occasions', input, { mutationId });

export function useCreateOccasion() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: createOccasion,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: occasionsQuery().queryKey }),
  });
}
