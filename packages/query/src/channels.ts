import type { QueryKey } from '@tanstack/query-core';
import {
  SubscriptionError,
  type TidingsClient,
  type TidingsError,
  type TopicAnswer,
  type TopicPosition,
  type WSEvent,
} from '@tidings/client';

import type { AnyQuery, Bridge, Channels, SyncWishes, TopicStatus } from './contracts';
import { createDebounce } from './debounce';
import { attempt, createDelivery, matchesAny, type Sync } from './delivery';
import { wordsOf } from './mistakes';
import { createReturns } from './returns';
import { lowest } from './tags';
import { expectQueries } from './expectations';

/** One topic of one connection, shared by all hooks that sync with it; it outlives them. */
interface Channel {
  connection: TidingsClient;
  /** The topic as it was asked for. */
  name: string;
  syncs: Set<Sync>;
  /**
   * Each key that it was ever to keep right: who loses access, and another user, may not see what
   * is under it.
   */
  keys: Map<string, QueryKey>;
  /** The mark of the last thing heard of it: a fetch that began later includes all until then. */
  mark: number;
  /** The server has answered for it, and not taken it away. */
  isGranted?: boolean;
  /** The topic's own name and where its events are; undefined until the server answered. */
  at?: TopicPosition | undefined;
  /** The server said no: it keeps nothing right until there is another answer. */
  refusal?: TopicStatus | undefined;
  /** Ends the subscription; undefined while nobody syncs. */
  leave?: (() => void) | undefined;
}

/** A topic that nobody asks for. */
export const OFF: TopicStatus = { state: 'off' };
const WAITING: TopicStatus = { state: 'waiting' };
const LIVE: TopicStatus = { state: 'live' };

export function createChannels(bridge: Bridge): Channels {
  const { client, ledger } = bridge;
  const channels: Channel[] = [];
  const listeners = new Set<() => void>();
  const delivery = createDelivery(bridge);
  const returns = createReturns(ledger);

  const notify = () => listeners.forEach((listener) => listener());

  const find = (connection: TidingsClient, name: string) =>
    channels.find((each) => each.connection === connection && each.name === name);

  function channelOf(connection: TidingsClient, name: string): Channel {
    returns.watch(connection);
    let channel = find(connection, name);
    if (!channel) {
      channel = { connection, name, syncs: new Set(), keys: new Map(), mark: 0 };
      channels.push(channel);
    }
    return channel;
  }

  /** Subscribes, for data under a key; returns the undo. */
  function open(channel: Channel, queryKey: QueryKey): () => void {
    const { connection, name } = channel;
    // Until the next answer nothing is known of it, and a hook that joins has not had one.
    const unwatch = connection.onStatus(() => {
      if (connection.getStatus().state !== 'connected') channel.at = undefined;
      notify();
    });
    const unsubscribe = connection.subscribe(name, (event) => onEvent(channel, event), {
      // The lowest position that all data under the key is at, if it is at one.
      since: lowest(ledger.find(queryKey).map((query) => ledger.heldAt(query, name))),
      onSubscribed: (answer) => onAnswer(channel, answer),
      onError: (error) => onRefused(channel, error),
      onRevoked: () =>
        onRevoked(channel, new SubscriptionError(name, 'revoked', `${name} was taken away`)),
    });
    return () => {
      unwatch();
      unsubscribe();
    };
  }

  function onAnswer(channel: Channel, { canonical, position, cause }: TopicAnswer): void {
    channel.at = { topic: canonical, ...position };
    channel.mark = ledger.tick();
    channel.refusal = undefined;
    channel.isGranted = true;
    for (const each of [...channel.syncs]) answered(channel, each, cause);
    notify();
  }

  function answered(channel: Channel, sync: Sync, cause: TopicAnswer['cause']): void {
    const isNew = !sync.isAnswered;
    sync.isAnswered = true;
    ledger.markAnswer(sync.queryKey, {
      at: channel.at!,
      mark: channel.mark,
      since: returns.markOf(channel.connection),
      isNew,
    });
    if (process.env.NODE_ENV !== 'production') expectQueries(bridge, sync);
    if (cause !== 'resync') tell(sync, 'onSubscribed');
  }

  /** Calls back; one that throws neither keeps other hooks from theirs nor takes React down. */
  function tell(
    { wishes }: Sync,
    what: 'onSubscribed' | 'onUnsubscribed' | 'onError',
    error?: TidingsError,
  ): void {
    attempt(what, () => wishes()[what]?.(error!));
  }

  function onRefused(channel: Channel, error: TidingsError): void {
    const { code } = error;
    // It was taken away while nobody listened.
    if (code === 'forbidden' && channel.isGranted) return onRevoked(channel, error);
    // What is no topic, the client has complained of.
    const isForNow = code === 'rate_limited' || code === 'internal';
    if (!isForNow && !channel.refusal && code !== 'invalid_topic')
      console.error(wordsOf('R3', channel.name, code));
    refuse(channel, error, isForNow);
  }

  /** @param isForNow - Whether the client asks again by itself. */
  function refuse(channel: Channel, error: TidingsError, isForNow = false): void {
    channel.refusal = { state: isForNow ? 'waiting' : 'refused', error };
    for (const each of [...channel.syncs]) tell(each, 'onError', error);
    notify();
  }

  function onRevoked(channel: Channel, error: TidingsError): void {
    channel.at = undefined;
    channel.isGranted = false;
    refuse(channel, error);
    wipe([channel], true);
    for (const sync of [...channel.syncs]) {
      if (sync.isAnswered) tell(sync, 'onUnsubscribed');
      sync.isAnswered = false;
    }
  }

  /** Takes away what channels have ever kept right, also where nobody looks any more. */
  function wipe(some: Channel[], refetch: boolean): void {
    const keys = some.flatMap((channel) => [...channel.keys.values()]);
    for (const query of new Set(keys.flatMap(ledger.find))) {
      bridge.overlay?.forget(query);
      ledger.wipe(query, refetch);
    }
  }

  function onEvent(channel: Channel, event: WSEvent): void {
    const { epoch, seq, mutation_id: mutationId } = event;
    const at = channel.at && epoch && seq ? { ...channel.at, epoch, seq } : undefined;
    if (at) channel.at = at;
    channel.mark = ledger.tick();
    const syncs = [...channel.syncs];
    if (mutationId)
      bridge.overlay?.onEcho(mutationId, at, (query) => matchesAny(bridge, syncs, query));
    delivery.deliver(syncs, event, at);
  }

  function leave(channel: Channel, sync: Sync): void {
    sync.hasLeft = true;
    clearTimeout(sync.lookTimer);
    sync.debounce.flush();
    channel.syncs.delete(sync);
    if (!channel.syncs.size) {
      channel.leave?.();
      channel.leave = channel.at = undefined;
    }
    if (sync.isAnswered) tell(sync, 'onUnsubscribed');
    notify();
  }

  /** The channels that were asked to keep a query right. */
  const keeping = (query: AnyQuery) =>
    channels.filter(({ syncs }) => matchesAny(bridge, syncs, query));

  return {
    isSynced: (query) => keeping(query).some(({ refusal }) => !refusal),

    sync(connection, topic, queryKey, wishes: () => SyncWishes) {
      const mine: Sync = { queryKey, wishes, debounce: createDebounce() };
      const channel = channelOf(connection, topic);
      channel.keys.set(client.defaultQueryOptions({ queryKey }).queryHash, queryKey);
      channel.leave ??= open(channel, queryKey);
      channel.syncs.add(mine);
      notify();
      // A channel that is live already has had its answer; this hook has not.
      queueMicrotask(() => {
        if (channel.at && !mine.isAnswered && !mine.hasLeft) answered(channel, mine, 'joined');
      });
      return () => leave(channel, mine);
    },

    statusOf(connection, topic) {
      const channel = find(connection, topic);
      if (!channel?.leave) return OFF;
      return channel.refusal ?? (channel.at ? LIVE : WAITING);
    },

    onStatus(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    isCurrent(query) {
      const mine = keeping(query);
      return !!mine[0] && mine.every(({ at }) => at) && ledger.isPaid(query);
    },

    isRefused: (connection, queryKey) =>
      ledger
        .find(queryKey)
        .flatMap(keeping)
        .some((each) => each.connection === connection && each.refusal),

    forgetAll(connection, refetch) {
      bridge.overlay?.forgetAll();
      wipe(
        channels.filter((each) => each.connection === connection),
        refetch,
      );
    },
  };
}
