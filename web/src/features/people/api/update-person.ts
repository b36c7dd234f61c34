import { useMutation, useQueryClient } from '@tanstack/react-query';

import { peopleQuery, usersQuery } from '@/lib/api/queries';
import { apiClient } from '@/lib/api/client';
import type { Person, PersonPatch } from '@/lib/api/types';

export interface UpdatePerson {
  id: string;
  patch: PersonPatch;
  mutationId: string;
}

export const updatePerson = ({ id, patch, mutationId }: UpdatePerson) =>
  apiClient.patch<Person>(`/persons/${id}`, patch, { mutationId });

export function useUpdatePerson() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: updatePerson,
    // A refusal may mean that somebody else changed them: read again in any case.
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: peopleQuery().queryKey }),
        // An account wears the colour of its person.
        queryClient.invalidateQueries({ queryKey: usersQuery().queryKey }),
      ]),
  });
}
