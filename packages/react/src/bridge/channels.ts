import { partialMatchKey, type QueryClient, type QueryKey } from '@tanstack/react-query';
import type {
  Position,
  TidingsClient,
  TopicAnswer,
  TopicPosition,
  WSEvent,
  WSEventType,
} from '@tidings/client';

import { createDebounce, type Debounce } from './debounce';
import type { Layers } from './layers';
import { isFetching, type AnyQuery, type Ledger } from './ledger';

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
  isAnswered: boolean;
  hasLeft: boolean;
}

/** One topic of one connection, shared by all hooks that sync with it. */
interface Channel {
  connection: TidingsClient;
  topic: string;
  syncs: Set<Sync>;
  /** The topic's own name and where its events are; undefined until the server answered. */
  at?: TopicPosition | undefined;
  /** The server said no: it keeps nothing right, for now. */
  isRefused: boolean;
  leave: () => void;
}

/** Carries events and answers from topics to the ledger, the layers and the apps' handlers. */
export function createChannels(client: QueryClient, ledger: Ledger, layers: Layers) {
  const channels = new Set<Channel>();
  /** Every key that was ever synced, by its hash: another user may not see what is under it. */
  const known = new Map<string, QueryKey>();

  const matches = (sync: Sync, query: AnyQuery) => partialMatchKey(query.queryKey, sync.queryKey);

  const isSynced = (query: AnyQuery): boolean =>
    [...channels].some(
      ({ isRefused, syncs }) => !isRefused && [...syncs].some((each) => matches(each, query)),
    );

  /** Takes away the data of every key that has been synced, also where nobody looks any more. */
  function forgetAll(refetch: boolean): void {
    for (const queryKey of known.values()) wipe(queryKey, refetch);
  }

  /** The lowest position that all data under the key is at; undefined if some is at none. */
  function lowestHeld(topic: string, queryKey: QueryKey): Position | undefined {
    const held = ledger.find(queryKey).map((query) => ledger.heldAt(query, topic));
    const [first] = held;
    return held.reduce(
      (low, next) =>
        low && next?.epoch === low.epoch ? (next.seq < low.seq ? next : low) : undefined,
      first,
    );
  }

  function sync(
    connection: TidingsClient,
    topic: string,
    queryKey: QueryKey,
    wishes: () => SyncWishes,
  ): () => void {
    const mine: Sync = {
      queryKey,
      wishes,
      debounce: createDebounce(),
      isAnswered: false,
      hasLeft: false,
    };
    known.set(client.defaultQueryOptions({ queryKey }).queryHash, queryKey);
    const channel = join(connection, topic, mine);
    // A channel that is live already has had its answer; this hook has not.
    queueMicrotask(() => {
      if (channel.at && !mine.isAnswered && !mine.hasLeft) answered(mine, channel.at, 'joined');
    });
    return () => {
      mine.hasLeft = true;
      mine.debounce.flush();
      channel.syncs.delete(mine);
      if (!channel.syncs.size) {
        channels.delete(channel);
        channel.leave();
      }
      if (mine.isAnswered) tell(mine, 'onUnsubscribed');
    };
  }

  function join(connection: TidingsClient, topic: string, mine: Sync): Channel {
    for (const open of channels) {
      if (open.connection === connection && open.topic === topic) {
        open.syncs.add(mine);
        return open;
      }
    }
    const syncs = new Set([mine]);
    const channel: Channel = { connection, topic, syncs, isRefused: false, leave: () => {} };
    channels.add(channel);
    // Until the next answer nothing is known of it, and a hook that joins has not had one.
    const unwatch = connection.onStatus(() => {
      if (connection.getStatus().state !== 'connected') channel.at = undefined;
    });
    const unsubscribe = connection.subscribe(topic, (event) => onEvent(channel, event), {
      since: lowestHeld(topic, mine.queryKey),
      onSubscribed: (answer) => onAnswer(channel, answer),
      onError: () => void (channel.isRefused = true),
      onRevoked: () => onRevoked(channel),
    });
    channel.leave = () => {
      unwatch();
      unsubscribe();
    };
    return channel;
  }

  function onAnswer(channel: Channel, { canonical, position, cause }: TopicAnswer): void {
    const at = (channel.at = { topic: canonical, ...position });
    channel.isRefused = false;
    for (const each of [...channel.syncs]) answered(each, at, cause);
  }

  function answered(sync: Sync, at: TopicPosition, cause: TopicAnswer['cause']): void {
    sync.isAnswered = true;
    ledger.markAnswer(sync.queryKey, at, cause === 'again');
    if (cause !== 'resync') tell(sync, 'onSubscribed');
  }

  /** Calls back; one that throws neither keeps other hooks from theirs nor takes React down. */
  function tell(sync: Sync, what: 'onSubscribed' | 'onUnsubscribed'): void {
    try {
      sync.wishes()[what]?.();
    } catch (error) {
      console.error(`[tidings] ${what} threw`, error);
    }
  }

  function onRevoked(channel: Channel): void {
    channel.at = undefined;
    channel.isRefused = true;
    for (const sync of [...channel.syncs]) {
      wipe(sync.queryKey, true);
      if (sync.isAnswered) tell(sync, 'onUnsubscribed');
      sync.isAnswered = false;
    }
  }

  function wipe(queryKey: QueryKey, refetch: boolean): void {
    for (const query of ledger.find(queryKey)) {
      layers.forget(query);
      ledger.wipe(query, refetch);
    }
  }

  function onEvent(channel: Channel, event: WSEvent): void {
    const { epoch, seq, mutation_id: mutationId } = event;
    const isPlaced = channel.at && epoch !== undefined && seq !== undefined;
    const at = isPlaced ? { topic: channel.at!.topic, epoch, seq } : undefined;
    if (at) channel.at = at;
    const syncs = [...channel.syncs];
    if (mutationId) {
      layers.onEcho(mutationId, at, (query) => syncs.some((each) => matches(each, query)));
    }
    const wants = (each: Sync) => each.wishes().events?.includes(event.event) ?? true;
    const wanting = syncs.filter(wants);
    if (at) passOver(syncs, wanting, at);
    for (const each of wanting) deliver(each, event, at);
  }

  /** An event that every hook of a query filters out is none of its data's business. */
  function passOver(syncs: Sync[], wanting: Sync[], at: TopicPosition): void {
    for (const each of syncs) {
      if (wanting.includes(each)) continue;
      for (const query of ledger.find(each.queryKey)) {
        if (!wanting.some((other) => matches(other, query))) ledger.advance(query, at);
      }
    }
  }

  function deliver(sync: Sync, event: WSEvent, at: TopicPosition | undefined): void {
    const { onEvent: handler, debounceMs } = sync.wishes();
    if (handler) {
      // During a fetch its result would overwrite what the handler does: it waits for that.
      ledger.afterFetches(
        sync.queryKey,
        () => apply(sync, event, at),
        () => ledger.markAll(sync.queryKey, at),
      );
    } else if (debounceMs) {
      sync.debounce.call(() => ledger.markAll(sync.queryKey, at), debounceMs);
    } else {
      ledger.markAll(sync.queryKey, at);
    }
  }

  /** Runs the app's handler, once per event, and trusts what it wrote as far as can be known. */
  function apply(sync: Sync, event: WSEvent, at: TopicPosition | undefined): void {
    const { onEvent: handler } = sync.wishes();
    if (sync.hasLeft || !handler) return ledger.markAll(sync.queryKey, at);
    const queries = ledger.find(sync.queryKey);
    layers.onBase(queries, () => {
      const before = new Map(queries.map((query) => [query, query.state.data]));
      let isTrusted = true;
      const written = ledger.watchWrites(() => {
        try {
          handler(event, client);
        } catch (error) {
          isTrusted = false;
          console.error(`[tidings] onEvent of ${event.topic} threw; refetching instead`, error);
        }
      });
      for (const query of ledger.find(sync.queryKey)) {
        const isWritten = written.delete(query);
        if (before.has(query) && ledger.includes(query, at)) {
          // The data had the event already: the handler was told, its writing would repeat it.
          if (isWritten) ledger.write(query, before.get(query));
          continue;
        }
        // A fetch that began while the event waited would overwrite what was written.
        const isSafe = isTrusted && isWritten && !isFetching(query);
        if (!(isSafe && at && ledger.advance(query, at))) ledger.mark(query, at);
      }
      // What it wrote elsewhere is nobody's promise.
      for (const query of written) ledger.distrust(query);
    });
  }

  return { sync, isSynced, forgetAll };
}
