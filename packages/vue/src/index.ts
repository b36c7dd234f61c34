// The public contract of @tidings/vue: the bridge of @tidings/query, for Vue and its TanStack Query.
import {
  isCancelledError,
  matchQuery,
  replaceEqualDeep,
  useQueryClient,
} from '@tanstack/vue-query';
import {
  createClient,
  type ConnectionStatus,
  type TidingsClient,
  type WebSocketOptions,
} from '@tidings/client';
import {
  bridgeOf,
  changeUser,
  expectUser,
  OFF,
  onTopicStatus,
  statusOf,
  syncTopic,
  wordsOf,
  type QueryCore,
  type SyncWishes,
  type TopicStatus,
} from '@tidings/query';
import { inject, onScopeDispose, provide, shallowRef, toValue, watch } from 'vue';
import type { InjectionKey, MaybeRefOrGetter, ShallowRef } from 'vue';

export { parsePositionHeader, positionsOf, tagPosition } from '@tidings/client';
export type { WebSocketOptions, WSEvent, WSEventType } from '@tidings/client';
export type { TopicState, TopicStatus } from '@tidings/query';

const core: QueryCore = { isCancelledError, matchQuery, replaceEqualDeep } as never;
const CLIENT: InjectionKey<TidingsClient> = Symbol('tidings');

/** What {@link useRealtimeSync} takes; `topic`, `queryKey` and `enabled` may be refs or getters. */
export interface UseRealtimeSyncOptions extends SyncWishes {
  topic: MaybeRefOrGetter<string>;
  queryKey: MaybeRefOrGetter<readonly unknown[]>;
  enabled?: MaybeRefOrGetter<boolean> | undefined;
}

/** One connection for this component and all below it: connected while it is there. */
export function provideTidings(options: MaybeRefOrGetter<WebSocketOptions> = {}): TidingsClient {
  const client = createClient(toValue(options));
  provide(CLIENT, client);
  const follow = (next: WebSocketOptions) => {
    expectUser(client, next.identity);
    changeUser(client, next.identity);
    client.configure(next);
  };
  watch(() => toValue(options), follow, { immediate: true, flush: 'sync' });
  bridgeOf(core, useQueryClient() as never, client);
  client.connect();
  onScopeDispose(client.disconnect);
  return client;
}

/** The connection that a component above has provided. */
export function useTidingsClient(): TidingsClient {
  const client = inject(CLIENT, undefined);
  if (!client) throw new Error(wordsOf('R1', 'provideTidings()'));
  return client;
}

/** The state of the connection, and why it is lost. */
export function useConnectionStatus(): Readonly<ShallowRef<ConnectionStatus>> {
  const { getStatus, onStatus } = useTidingsClient();
  const status = shallowRef(getStatus());
  onScopeDispose(onStatus(() => (status.value = getStatus())));
  return status;
}

/** Keeps queries equal to the server while the component is there; returns how the topic stands. */
export function useRealtimeSync(
  options: UseRealtimeSyncOptions,
): Readonly<ShallowRef<TopicStatus>> {
  const client = useTidingsClient();
  const queryClient = useQueryClient();
  const bridge = bridgeOf(core, queryClient as never, client);
  const hash = () =>
    queryClient.defaultQueryOptions({ queryKey: toValue(options.queryKey) }).queryHash;
  const status = shallowRef<TopicStatus>(OFF);
  const isEnabled = () => toValue(options.enabled) ?? true;
  const show = () => {
    status.value = isEnabled() ? statusOf(bridge, client, toValue(options.topic)) : OFF;
  };
  watch(
    [() => toValue(options.topic), hash, isEnabled],
    ([topic], _, onCleanup) => {
      const queryKey = toValue(options.queryKey);
      if (isEnabled()) onCleanup(syncTopic(bridge, client, topic, queryKey, () => options));
      show();
    },
    { immediate: true },
  );
  onScopeDispose(onTopicStatus(bridge, show));
  return status;
}
