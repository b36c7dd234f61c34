import { apiClient } from '@/lib/api/client';

export interface InviteInfo {
  family_name: string;
  /** Whom the invite is for, if they are known already. */
  person: { id: string; name: string } | null;
  expires_at: string;
}

/** The token goes in the body: proxies log addresses. */
export const getInvite = (token: string, signal?: AbortSignal) =>
  apiClient.post<InviteInfo>('/auth/invites/check', { token }, signal && { signal });
