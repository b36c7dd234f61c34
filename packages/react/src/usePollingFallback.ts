'use client';

import { useQueryClient, type QueryKey } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';

import { pollerOf } from './poller';
import { useTidingsClient } from './provider';

/** How often to poll while there is no connection, in milliseconds. */
export const DEFAULT_POLL_INTERVAL_MS = 10_000;

/** What {@link usePollingFallback} takes. */
export interface UsePollingFallbackOptions {
  /** The queries to poll: all whose key begins with it. */
  queryKey: QueryKey;
  /**
   * How often, in milliseconds.
   * @default 10000
   */
  intervalMs?: number | undefined;
  /**
   * Whether to poll at all.
   * @default true
   */
  enabled?: boolean | undefined;
}

/**
 * Polls while the WebSocket is not connected, and refetches once when it is back. However many
 * components ask for a key, it is polled once; hidden tabs and offline ones are left in peace, and so is who is signed out.
 */
export function usePollingFallback(options: UsePollingFallbackOptions): void {
  const { queryKey, intervalMs = DEFAULT_POLL_INTERVAL_MS, enabled = true } = options;
  const client = useTidingsClient();
  const queryClient = useQueryClient();
  const poll = pollerOf(queryClient);
  const hash = queryClient.defaultQueryOptions({ queryKey }).queryHash;
  const latestKey = useRef(queryKey);

  useEffect(() => {
    latestKey.current = queryKey;
  });

  useEffect(() => {
    if (!enabled) return undefined;
    return poll(client, latestKey.current, intervalMs);
  }, [poll, client, hash, intervalMs, enabled]);
}
