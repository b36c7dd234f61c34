import { apiClient } from '@/lib/api/client';

export interface InviteInfo {
  family_name: string;
  /** Whom the invite is for, if they are known already. */
  person: { id: string; name: string } | null;
  expires_at: string;
}

export const getInvite = (token: string, signal?: AbortSignal) =>
  apiClient.get<InviteInfo>(`/auth/invites/${encodeURIComponent(token)}`, signal && { signal });
