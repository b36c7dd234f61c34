import { matchQuery, notifyManager, type QueryClient, type QueryKey } from '@tanstack/react-query';
import type {
  TidingsClient,
  TopicAnswer,
  TopicPosition,
  WSEvent,
  WSEventType,
} from '@tidings/client';

import type { Bridge } from './bridge';
import { createDebounce, type Debounce } from './debounce';
import { isIdle, type AnyQuery } from './ledger';
import { lowest } from './tags';

/** What a hook wants of its topic; read anew at each use, since inline functions change. */
export interface SyncWishes {
  events?: readonly WSEventType[] | undefined;
  onEvent?: ((event: WSEvent, client: QueryClient) => void) | undefined;
  debounceMs?: number | undefined;
  onSubscribed?: (() => void) | undefined;
  onUnsubscribed?: (() => void) | undefined;
}

/** One hook: a topic keeps the queries under a key right. */
interface Sync {
  queryKey: QueryKey;
  wishes: () => SyncWishes;
  debounce: Debounce;
  isAnswered?: boolean;
  hasLeft?: boolean;
}

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
  /** The server has answered for it, and not taken it away. */
  isGranted?: boolean;
  /** The topic's own name and where its events are; undefined until the server answered. */
  at?: TopicPosition | undefined;
  /** The server said no: it keeps nothing right until there is another answer. */
  isRefused?: boolean;
  /** Ends the subscription; undefined while nobody syncs. */
  leave?: (() => void) | undefined;
}

export type Channels = ReturnType<typeof createChannels>;

/** Runs what the app has given; false when it threw. */
function attempt(what: string, run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    console.error(`[tidings] ${what} threw`, error);
    return false;
  }
}

/** Carries events and answers from topics to the ledger, the overlay and the apps' handlers. */
export function createChannels(client: QueryClient, bridge: Bridge) {
  const { ledger } = bridge;
  const channels: Channel[] = [];
  /** The mark at which each connection last came back; 0 if it never did, -1 if it never was. */
  const returns = new WeakMap<TidingsClient, number>();

  const matchesAny = (syncs: Iterable<Sync>, query: AnyQuery) =>
    [...syncs].some(({ queryKey }) => matchQuery({ queryKey }, query));

  const isSynced = (query: AnyQuery): boolean =>
    channels.some(({ isRefused, syncs }) => !isRefused && matchesAny(syncs, query));

  function sync(
    connection: TidingsClient,
    topic: string,
    queryKey: QueryKey,
    wishes: () => SyncWishes,
  ): () => void {
    const mine: Sync = { queryKey, wishes, debounce: createDebounce() };
    const channel = channelOf(connection, topic);
    channel.keys.set(client.defaultQueryOptions({ queryKey }).queryHash, queryKey);
    channel.leave ??= open(channel, queryKey);
    channel.syncs.add(mine);
    // A channel that is live already has had its answer; this hook has not.
    queueMicrotask(() => {
      if (channel.at && !mine.isAnswered && !mine.hasLeft)
        answered(channel, mine, channel.at, 'joined');
    });
    return () => {
      mine.hasLeft = true;
      mine.debounce.flush();
      channel.syncs.delete(mine);
      if (!channel.syncs.size) {
        channel.leave?.();
        channel.leave = channel.at = undefined;
      }
      if (mine.isAnswered) tell(mine, 'onUnsubscribed');
    };
  }

  function channelOf(connection: TidingsClient, name: string): Channel {
    let channel = channels.find((each) => each.connection === connection && each.name === name);
    watchReturns(connection);
    if (!channel)
      channels.push((channel = { connection, name, syncs: new Set(), keys: new Map() }));
    return channel;
  }

  /** What was asked for over a network that was lost may never be answered. */
  function watchReturns(connection: TidingsClient): void {
    if (returns.has(connection)) return;
    const hasBegun = /^(re|connected)/.test(connection.getStatus().state);
    returns.set(connection, hasBegun ? 0 : -1);
    connection.onStatus(() => {
      if (connection.getStatus().state !== 'connected') return;
      returns.set(connection, returns.get(connection)! < 0 ? 0 : ledger.tick());
    });
  }

  /** Subscribes, for data under a key; returns the undo. */
  function open(channel: Channel, queryKey: QueryKey): () => void {
    const { connection, name } = channel;
    // Until the next answer nothing is known of it, and a hook that joins has not had one.
    const unwatch = connection.onStatus(() => {
      if (connection.getStatus().state !== 'connected') channel.at = undefined;
    });
    const unsubscribe = connection.subscribe(name, (event) => onEvent(channel, event), {
      // The lowest position that all data under the key is at, if it is at one.
      since: lowest(ledger.find(queryKey).map((query) => ledger.heldAt(query, name))),
      onSubscribed: (answer) => onAnswer(channel, answer),
      onError({ code }) {
        channel.isRefused = true;
        // It was taken away while nobody listened.
        if (code === 'forbidden' && channel.isGranted) onRevoked(channel);
      },
      onRevoked: () => onRevoked(channel),
    });
    return () => {
      unwatch();
      unsubscribe();
    };
  }

  function onAnswer(channel: Channel, { canonical, position, cause }: TopicAnswer): void {
    const at = (channel.at = { topic: canonical, ...position });
    channel.isRefused = false;
    channel.isGranted = true;
    for (const each of [...channel.syncs]) answered(channel, each, at, cause);
  }

  function answered(
    { connection }: Channel,
    sync: Sync,
    at: TopicPosition,
    cause: TopicAnswer['cause'],
  ): void {
    const { isAnswered } = sync;
    sync.isAnswered = true;
    ledger.markAnswer(sync.queryKey, at, returns.get(connection)!, !isAnswered);
    if (cause !== 'resync') tell(sync, 'onSubscribed');
  }

  /** Calls back; one that throws neither keeps other hooks from theirs nor takes React down. */
  function tell(sync: Sync, what: 'onSubscribed' | 'onUnsubscribed'): void {
    attempt(what, () => sync.wishes()[what]?.());
  }

  function onRevoked(channel: Channel): void {
    channel.at = undefined;
    channel.isRefused = true;
    channel.isGranted = false;
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
    const isPlaced = channel.at && epoch && seq;
    const at = isPlaced ? { ...channel.at!, epoch, seq } : undefined;
    if (at) channel.at = at;
    const syncs = [...channel.syncs];
    if (mutationId) bridge.overlay?.onEcho(mutationId, at, (query) => matchesAny(syncs, query));
    const wanting = syncs.filter((each) => each.wishes().events?.includes(event.event) ?? true);
    for (const each of syncs) if (at && !wanting.includes(each)) passOver(each, wanting, at);
    for (const each of wanting) deliver(each, event, at);
  }

  /** An event that every hook of a query filters out is none of its data's business. */
  function passOver({ queryKey }: Sync, wanting: Sync[], at: TopicPosition): void {
    for (const query of ledger.find(queryKey)) {
      if (!matchesAny(wanting, query)) ledger.passOver(query, at);
    }
  }

  function deliver(sync: Sync, event: WSEvent, at: TopicPosition | undefined): void {
    if (!sync.wishes().onEvent) return owe(sync, at);
    // During a fetch its result would overwrite what the handler does: it waits for that.
    ledger.afterFetches(
      sync.queryKey,
      () => apply(sync, event, at),
      () => owe(sync, at),
    );
  }

  /** The event is owed to the queries of a hook: at once, or when the topic has been quiet. */
  function owe({ queryKey, wishes, debounce, hasLeft }: Sync, at?: TopicPosition): void {
    const { debounceMs } = wishes();
    const pay = () => ledger.markAll(queryKey, at);
    if (debounceMs && !hasLeft) debounce.call(pay, debounceMs);
    else pay();
  }

  /** Runs the app's handler, once per event, and trusts what it wrote as far as can be known. */
  function apply(sync: Sync, event: WSEvent, at: TopicPosition | undefined): void {
    const { onEvent: handler } = sync.wishes();
    if (sync.hasLeft || !handler) return owe(sync, at);
    const queries = ledger.find(sync.queryKey);
    const change = () => {
      const before = new Map(queries.map((query) => [query, query.state.data]));
      let isTrusted = false;
      const written = ledger.watch(() => {
        isTrusted = attempt('onEvent', () => handler(event, client));
      });
      let isOwed = false;
      for (const query of ledger.find(sync.queryKey)) {
        const isWritten = written.delete(query);
        if (ledger.includes(query, at)) {
          // The data had the event already: the handler was told, its writing would repeat it.
          if (isWritten) ledger.write(query, before.get(query));
          continue;
        }
        // A fetch that began while the event waited, or is paused, would overwrite what was written.
        const isSafe = isTrusted && isWritten && isIdle(query);
        if (!(isSafe && at && ledger.advance(query, at))) isOwed = true;
      }
      if (isOwed) owe(sync, at);
      // What it wrote elsewhere is nobody's promise.
      for (const query of written) ledger.distrust(query);
    };
    const { overlay } = bridge;
    notifyManager.batch(() => (overlay ? overlay.onBase(queries, change) : change()));
  }

  return {
    sync,
    isSynced,

    /**
     * Somebody else, or nobody, is logged in at a connection. Of the last user's, nothing that it
     * ever kept right is to be seen; nothing else is where it was for them, either.
     */
    forgetAll(connection: TidingsClient, hadUser: boolean, refetch: boolean): void {
      for (const query of ledger.find([])) ledger.doubt(query, hadUser);
      if (!hadUser) return;
      bridge.overlay?.forgetAll();
      wipe(
        channels.filter((each) => each.connection === connection),
        refetch,
      );
    },
  };
}
