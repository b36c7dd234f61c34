import { useMutation, useQueryClient } from '@tanstack/react-query';

import { peopleQuery } from '@/lib/api/queries';
import { apiClient } from '@/lib/api/client';
import type { Person, PersonInput } from '@/lib/api/types';

export interface CreatePerson {
  input: PersonInput;
  mutationId: string;
}

export const createPerson = ({ input, mutationId }: CreatePerson) =>
  apiClient.post<Person>('/persons', input, { mutationId });

export function useCreatePerson() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: createPerson,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: peopleQuery().queryKey }),
  });
}
