'use client';

import { useQueryClient, type QueryClient, type QueryKey } from '@tanstack/react-query';
import type { PayloadOf, WSEvent, WSEventType } from '@tidings/client';
import { useEffect, useRef } from 'react';

import { bridgeOf, type SyncWishes } from './bridge/bridge';
import { useTidingsClient } from './provider';

/** What {@link useRealtimeSync} takes. Everything may be inline: nothing re-subscribes for it. */
export interface UseRealtimeSyncOptions<Topic extends string = string> {
  /** The topic whose events concern the data, e.g. `list-items:123`. */
  topic: Topic;
  /** The queries to keep right: all whose key begins with it. */
  queryKey: QueryKey;
  /**
   * The events that matter.
   * @default all
   */
  events?: readonly WSEventType[] | undefined;
  /**
   * Called once per event, e.g. to write it into the cache directly. Where it wrote to the query,
   * and the query's position is known, nothing is fetched; in every other case it is. Data that is
   * `undefined` is to be left so: before the first fetch there is nothing to change.
   */
  onEvent?: ((event: WSEvent<PayloadOf<Topic>>, client: QueryClient) => void) | undefined;
  /**
   * Wait until no event has come for this long before refetching, in milliseconds; at most four
   * times as long in all.
   * @default 0
   */
  debounceMs?: number | undefined;
  /**
   * Whether to sync.
   * @default true
   */
  enabled?: boolean | undefined;
  /** The server has answered for this topic: first, and after each reconnect. */
  onSubscribed?: (() => void) | undefined;
  /** The subscription ended: unmounted, disabled, another topic, or access was revoked. */
  onUnsubscribed?: (() => void) | undefined;
}

/**
 * Keeps the queries under a key equal to the server for as long as it is mounted: every event of
 * the topic, and everything missed while it could not be heard, is fetched or applied.
 */
export function useRealtimeSync<Topic extends string>(
  options: UseRealtimeSyncOptions<Topic>,
): void {
  const { topic, queryKey, enabled = true, events } = options;
  const client = useTidingsClient();
  const queryClient = useQueryClient();
  const { channels } = bridgeOf(queryClient, client);
  const hash = queryClient.defaultQueryOptions({ queryKey }).queryHash;
  // Another filter is another wish: what it had left out is fetched.
  const filter = events?.join();
  const latest = useRef(options);

  useEffect(() => {
    latest.current = options;
  });

  useEffect(() => {
    if (!enabled) return undefined;
    const wishes = () => latest.current as SyncWishes;
    return channels.sync(client, topic, latest.current.queryKey, wishes);
  }, [channels, client, topic, hash, filter, enabled]);
}
