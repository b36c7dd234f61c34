import { queryOptions } from '@tanstack/react-query';
import type { InvitePreview } from '@tidings/api';

import { apiClient } from '@/lib/api/client';

/** What a person would see and what not who joined now; nothing is asked for nobody. */
export const invitePreviewQuery = (personId: string | null) =>
  queryOptions({
    queryKey: ['invite-preview', personId],
    queryFn: ({ signal }) =>
      apiClient.get<InvitePreview>(`/invites/preview?person_id=${personId}`, { signal }),
    enabled: personId !== null,
    staleTime: 0,
    gcTime: 0,
  });
