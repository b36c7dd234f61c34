import { apiClient } from '@/lib/api/client';

/** Refused as `forbidden` if the token is not that of the last setup link. */
export const checkSetupLink = (token: string, signal?: AbortSignal) =>
  apiClient.post<void>('/setup/check', { token }, signal && { signal });
