'use client';

import { useQueryClient, type QueryClient, type QueryKey } from '@tanstack/react-query';
import type { PayloadOf, TidingsError, WSEvent, WSEventType } from '@tidings/client';
import {
  bridgeOf,
  OFF,
  onTopicStatus,
  statusOf,
  syncTopic,
  type SyncWishes,
  type TopicState,
} from '@tidings/query';
import { useEffect, useMemo, useRef } from 'react';

import { core } from './core';
import { useTidingsClient } from './provider';
import { createReader, useStatus } from './reader';

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
  /** The topic was refused, or taken away; `error.code` says why, e.g. `forbidden`. */
  onError?: ((error: TidingsError) => void) | undefined;
}

/** What {@link useRealtimeSync} returns: the same object until something changes. */
export interface RealtimeSyncHandle {
  /**
   * `off` not asked for; `waiting` for the server's answer, or for a connection; `live` every event is heard; `refused` the server said no, or took it away.
   */
  readonly state: TopicState;
  /** Why the topic is refused, or has to wait. */
  readonly error: TidingsError | undefined;
}

/**
 * Keeps the queries under a key equal to the server for as long as it is mounted: every event of
 * the topic, and everything missed while it could not be heard, is fetched or applied.
 *
 * @returns How the topic stands. A component that does not read it is not re-rendered for it.
 */
export function useRealtimeSync<Topic extends string>(
  options: UseRealtimeSyncOptions<Topic>,
): RealtimeSyncHandle {
  const { topic, queryKey, enabled = true, events } = options;
  const client = useTidingsClient();
  const queryClient = useQueryClient();
  const bridge = bridgeOf(core, queryClient, client);
  const hash = queryClient.defaultQueryOptions({ queryKey }).queryHash;
  // Another filter is another wish: what it had left out is fetched.
  const filter = events?.join();
  const latest = useRef(options);
  const reader = useMemo(
    () =>
      createReader(
        (onChange) => onTopicStatus(bridge, onChange),
        () => (enabled ? statusOf(bridge, client, topic) : OFF),
      ),
    [bridge, client, topic, enabled],
  );
  const status = useStatus(reader, OFF);

  useEffect(() => {
    latest.current = options;
  });

  useEffect(() => {
    if (!enabled) return undefined;
    const wishes = () => latest.current as SyncWishes;
    return syncTopic(bridge, client, topic, latest.current.queryKey, wishes);
  }, [bridge, client, topic, hash, filter, enabled]);

  return status as RealtimeSyncHandle;
}
