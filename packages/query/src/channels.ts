// Carries answers and events from topics to the ledger, the overlay and the apps' handlers.

import type { QueryKey } from '@tanstack/query-core';
import {
  guard,
  SubscriptionError,
  type TidingsClient,
  type TidingsError,
  type TopicAnswer,
  type WSEvent,
} from '@tidings/client';

import { accountOf, tick } from './accounts';
import type { Bridge, BridgeRef, Channel, Sync, SyncWishes, TopicStatus } from './contracts';
import { flush } from './debounce';
import { find, markAnswer } from './debts';
import { deliver } from './delivery';
import { expectQueries } from './expectations';
import { wordsOf } from './mistakes';
import { matchesAny } from './synced';
import { lowest } from './tags';
import { wipe } from './writes';

/** A topic that nobody asks for. */
export const OFF: TopicStatus = { state: 'off' };
const WAITING: TopicStatus = { state: 'waiting' };
const LIVE: TopicStatus = { state: 'live' };

const notify = ({ statusListeners }: Bridge) => statusListeners.forEach((listener) => listener());

const channelOf = ({ channels }: Bridge, connection: TidingsClient, topic: string) =>
  channels.find((each) => each.connection === connection && each.asked === topic);

/** Follows a connection, from its first topic on. */
function follow(bridge: Bridge, connection: TidingsClient): void {
  const { channels, returns } = bridge;
  const hasBegun = /^(re|connected)/.test(connection.getStatus().state);
  returns.set(connection, hasBegun ? 0 : -1);
  connection.onStatus(() => {
    if (connection.getStatus().state === 'connected')
      returns.set(connection, returns.get(connection)! < 0 ? 0 : tick());
    // Until the next answer nothing is known of its topics.
    else for (const each of channels) if (each.connection === connection) each.at = undefined;
    notify(bridge);
  });
}

/** Subscribes, for data under a key; returns the undo. */
function open(channel: Channel, queryKey: QueryKey): () => void {
  const { bridge, connection, asked } = channel;
  const held = find(bridge, queryKey).map((query) => accountOf(query).held.get(asked));
  return connection.subscribe(asked, (event) => onEvent(channel, event), {
    // The lowest position that all data under the key is at, if it is at one.
    since: lowest(held),
    onSubscribed: (answer) => onAnswer(channel, answer),
    onError: (error) => onRefused(channel, error),
    onRevoked: () => onRefused(channel, new SubscriptionError(asked, 'revoked')),
  });
}

function onAnswer(channel: Channel, { canonical, position, cause }: TopicAnswer): void {
  channel.at = { topic: canonical, ...position };
  channel.mark = tick();
  channel.refusal = undefined;
  channel.isGranted = true;
  for (const sync of [...channel.syncs]) answered(channel, sync, cause);
  notify(channel.bridge);
}

function answered(channel: Channel, sync: Sync, cause: TopicAnswer['cause']): void {
  const { bridge, mark } = channel;
  const lost = bridge.returns.get(channel.connection)!;
  const answer = { at: channel.at!, mark, lost, isNew: !sync.isAnswered };
  sync.isAnswered = true;
  for (const query of find(bridge, sync.queryKey)) markAnswer(query, answer);
  if (process.env.NODE_ENV !== 'production') expectQueries(bridge, sync);
  if (cause !== 'resync') tell(sync, 'onSubscribed');
}

/** Calls back; one that throws neither keeps other hooks from theirs nor takes React down. */
function tell(
  { wishes }: Sync,
  what: 'onSubscribed' | 'onUnsubscribed' | 'onError',
  error?: TidingsError,
): void {
  guard(what, () => wishes()[what]?.(error!));
}

/** The server said no, or took the topic away: maybe while nobody listened. */
function onRefused(channel: Channel, error: TidingsError): void {
  const { code } = error;
  const isRevoked = code === 'revoked' || (code === 'forbidden' && channel.isGranted);
  // Then the client asks again by itself.
  const isForNow = code === 'rate_limited' || code === 'internal';
  // What is no topic, the client has complained of.
  if (!isRevoked && !isForNow && !channel.refusal && code !== 'invalid_topic')
    console.error(wordsOf('R3', channel.asked, code));
  channel.refusal = { state: isForNow ? 'waiting' : 'refused', error };
  if (isRevoked) {
    channel.at = undefined;
    channel.isGranted = false;
    wipeAll([channel], true);
  }
  for (const sync of [...channel.syncs]) {
    tell(sync, 'onError', error);
    if (isRevoked) end(sync);
  }
  notify(channel.bridge);
}

function end(sync: Sync): void {
  if (sync.isAnswered) tell(sync, 'onUnsubscribed');
  sync.isAnswered = false;
}

/** Takes away what channels have ever kept right, also where nobody looks any more. */
function wipeAll(channels: Channel[], refetch: boolean): void {
  const queries = channels.flatMap(({ bridge, scopes }) =>
    [...scopes.values()].flatMap((queryKey) => find(bridge, queryKey)),
  );
  for (const query of new Set(queries)) {
    accountOf(query).bridge.overlay?.forget(query);
    wipe(query, refetch);
  }
}

function onEvent(channel: Channel, event: WSEvent): void {
  const { bridge } = channel;
  const { epoch, seq, mutation_id: mutationId } = event;
  const at = channel.at && epoch && seq ? { ...channel.at, epoch, seq } : undefined;
  if (at) channel.at = at;
  channel.mark = tick();
  const syncs = [...channel.syncs];
  if (mutationId)
    bridge.overlay?.onEcho(mutationId, at, (query) => matchesAny(bridge, syncs, query));
  deliver(bridge, syncs, event, at);
}

function leave(channel: Channel, sync: Sync): void {
  const { syncs } = channel;
  sync.hasLeft = true;
  clearTimeout(sync.lookTimer);
  flush(sync);
  syncs.delete(sync);
  if (!syncs.size) {
    channel.leave?.();
    channel.leave = channel.at = undefined;
  }
  end(sync);
  notify(channel.bridge);
}

/** Lets a topic keep the queries under a key right; returns the undo. */
export function syncTopic(
  ref: BridgeRef,
  connection: TidingsClient,
  topic: string,
  queryKey: QueryKey,
  wishes: () => SyncWishes,
): () => void {
  const bridge = ref as Bridge;
  if (!bridge.returns.has(connection)) follow(bridge, connection);
  let channel = channelOf(bridge, connection, topic);
  if (!channel) {
    channel = { bridge, connection, asked: topic, syncs: new Set(), scopes: new Map(), mark: 0 };
    bridge.channels.push(channel);
  }
  const joined = channel;
  const mine: Sync = { queryKey, wishes };
  const { queryHash } = bridge.queryClient.defaultQueryOptions({ queryKey });
  joined.scopes.set(queryHash, queryKey);
  joined.leave ??= open(joined, queryKey);
  joined.syncs.add(mine);
  notify(bridge);
  // A channel that is live already has had its answer; this hook has not.
  queueMicrotask(() => {
    if (joined.at && !mine.isAnswered && !mine.hasLeft) answered(joined, mine, 'joined');
  });
  return () => leave(joined, mine);
}

/** How a topic of a connection stands. */
export function statusOf(ref: BridgeRef, connection: TidingsClient, topic: string): TopicStatus {
  const channel = channelOf(ref as Bridge, connection, topic);
  if (!channel?.leave) return OFF;
  return channel.refusal ?? (channel.at ? LIVE : WAITING);
}

/** Calls back when a topic's status may have changed; returns the undo. */
export function onTopicStatus(ref: BridgeRef, listener: () => void): () => void {
  const bridge = ref as Bridge;
  bridge.statusListeners.add(listener);
  return () => void bridge.statusListeners.delete(listener);
}

/** Another user: nothing that a connection ever kept right for the last one is to be seen. */
export function forgetAll(bridge: Bridge, connection: TidingsClient, refetch: boolean): void {
  bridge.overlay?.forgetAll();
  wipeAll(
    bridge.channels.filter((each) => each.connection === connection),
    refetch,
  );
}
