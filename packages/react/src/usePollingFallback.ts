'use client';

import { onlineManager, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { DEFAULT_POLL_INTERVAL_MS, pollerOf, type PollerCore } from '@tidings/query';
import { useEffect, useRef } from 'react';

import { core } from './core';
import { useTidingsClient } from './provider';

const pollerCore: PollerCore = { ...core, onlineManager };

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
 * Polls while the WebSocket is not connected, or the topic of a query is refused, and refetches once
 * when events come again. However many components ask for a key, it is polled once. Nothing is
 * polled in a hidden tab, while offline, or while nobody is signed in.
 */
export function usePollingFallback(options: UsePollingFallbackOptions): void {
  const { queryKey, intervalMs = DEFAULT_POLL_INTERVAL_MS, enabled = true } = options;
  const client = useTidingsClient();
  const queryClient = useQueryClient();
  const poller = pollerOf(pollerCore, queryClient);
  const hash = queryClient.defaultQueryOptions({ queryKey }).queryHash;
  const latestKey = useRef(queryKey);

  useEffect(() => {
    latestKey.current = queryKey;
  });

  useEffect(() => {
    if (!enabled) return undefined;
    return poller.poll(client, latestKey.current, intervalMs);
  }, [poller, client, hash, intervalMs, enabled]);
}
