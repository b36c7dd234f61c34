import { QueryClient } from '@tanstack/react-query';

import { ApiError } from '@/lib/api/problem';

/** How long what was read counts as fresh, where no live topic keeps it so. */
export const STALE_MS = 30_000;

/** How often a read is tried again before its error is shown. */
const MAX_RETRIES = 2;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_MS,
        // A refusal will not change its mind; a lost connection may.
        retry: (failures, error) =>
          failures < MAX_RETRIES && !(error instanceof ApiError && error.status < 500),
      },
    },
  });
}
