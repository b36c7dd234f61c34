import { useMutation } from '@tanstack/react-query';
import type { NewInvite } from '@tidings/api';

import { apiClient } from '@/lib/api/client';

/** Invites a known person, or with null a new one. */
export const createInvite = (personId: string | null) =>
  apiClient.post<NewInvite>('/invites', personId === null ? {} : { person_id: personId });

export const useCreateInvite = () => useMutation({ mutationFn: createInvite });
