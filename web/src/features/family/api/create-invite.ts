import { useMutation } from '@tanstack/react-query';
import type { NewInvite } from '@tidings/api';

import { apiClient } from '@/lib/api/client';

/** Invites a person who is known already, or with null somebody new. */
export const createInvite = (personId: string | null) =>
  apiClient.post<NewInvite>('/invites', personId === null ? {} : { person_id: personId });

export const useCreateInvite = () => useMutation({ mutationFn: createInvite });
