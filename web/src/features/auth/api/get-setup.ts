import { apiClient } from '@/lib/api/client';

export interface SetupState {
  /** No account exists yet. */
  needed: boolean;
}

export const getSetup = (signal?: AbortSignal) =>
  apiClient.get<SetupState>('/setup', signal && { signal });
