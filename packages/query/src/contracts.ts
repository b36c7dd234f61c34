// The contracts between the parts of the bridge. Each part knows these, and no other part.

import type {
  Mutation,
  Query,
  QueryCacheNotifyEvent,
  QueryClient,
  QueryKey,
} from '@tanstack/query-core';
import type {
  TidingsClient,
  TidingsError,
  TopicPosition,
  WSEvent,
  WSEventType,
} from '@tidings/client';

import type { Debounce } from './debounce';

export type AnyQuery = Query;
export type AnyMutation = Mutation;

/** What a query's cache says of a change of its state. */
export type QueryAction = Extract<QueryCacheNotifyEvent, { type: 'updated' }>['action'];

/**
 * What the bridge uses of TanStack Query while it runs. A binding passes in what it imports itself,
 * so that an app has one copy, whichever else is installed.
 */
export interface QueryCore {
  readonly isCancelledError: (error: unknown) => boolean;
  readonly matchQuery: (filters: { queryKey: QueryKey }, query: AnyQuery) => boolean;
  readonly replaceEqualDeep: (previous: unknown, next: unknown) => unknown;
}

/** Whether a page comes after the last or before the first. */
export type PageDirection = 'forward' | 'backward';

/**
 * What may lie between the server's data and what is shown: optimistic changes, if an app makes
 * any. Until it does, what is shown is the server's data.
 */
export interface Overlay {
  /** The server's data of a query to which a fetch has added a page. `before` was shown before. */
  withPage: (query: AnyQuery, before: unknown, direction: PageDirection) => unknown;
  /**
   * A fetch brought data; with it, the server's is `base`.
   *
   * @param upTo - What is not newer than this mark is in it; -1 when that is not known.
   */
  onLanded: (query: AnyQuery, base: unknown, upTo: number, isPage: boolean) => void;
  /** Somebody else put data into the cache. `fromServer` tells a hydration from a write. */
  onForeign: (query: AnyQuery, fromServer: boolean) => void;
  /** Lets something change the server's data of queries, which it sees as what is shown. */
  onBase: (queries: readonly AnyQuery[], change: () => void) => void;
  /** An event that a mutation of this page may have caused. */
  onEcho: (
    mutationId: string,
    at: TopicPosition | undefined,
    isOfTopic: (query: AnyQuery) => boolean,
  ) => void;
  /** A query's data is gone. */
  forget: (query: AnyQuery) => void;
  /** Another user: nothing of the last one may show. */
  forgetAll: () => void;
}

/** What a hook wants of its topic; read anew at each use, since inline functions change. */
export interface SyncWishes {
  events?: readonly WSEventType[] | undefined;
  onEvent?: ((event: WSEvent, client: QueryClient) => void) | undefined;
  debounceMs?: number | undefined;
  onSubscribed?: (() => void) | undefined;
  onUnsubscribed?: (() => void) | undefined;
  onError?: ((error: TidingsError) => void) | undefined;
}

/** One hook: a topic keeps the queries under a key right. */
export interface Sync extends Debounce {
  queryKey: QueryKey;
  wishes: () => SyncWishes;
  isAnswered?: boolean;
  hasLeft?: boolean;
  /** In development, when it is looked whether there is anything to keep right. */
  lookTimer?: ReturnType<typeof setTimeout>;
}

/** One topic of one connection, shared by all hooks that sync with it; it outlives them. */
export interface Channel {
  readonly bridge: Bridge;
  readonly connection: TidingsClient;
  /** The topic as it was asked for. */
  readonly asked: string;
  readonly syncs: Set<Sync>;
  /**
   * Each key that it was ever to keep right: who loses access, and another user, may not see what
   * is under it.
   */
  readonly scopes: Map<string, QueryKey>;
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

/**
 * How a topic stands:
 * `off` nobody asks for it; `waiting` for the server's answer, or for a connection; `live` every event is heard; `refused` the server said no, or took it away.
 */
export type TopicState = 'off' | 'waiting' | 'live' | 'refused';

/** The state of a topic, and why. The same object until something changes. */
export interface TopicStatus {
  readonly state: TopicState;
  /** Why it is refused, or has to wait. */
  readonly error?: TidingsError | undefined;
}

declare const opaque: unique symbol;

/** What keeps a QueryClient's data equal to the server's. Only this package looks inside. */
export interface BridgeRef {
  readonly [opaque]: true;
}

/** The same from inside: what the parts have in common. */
export interface Bridge extends BridgeRef {
  readonly queryClient: QueryClient;
  readonly core: QueryCore;
  /** The queries that are looked after in the next microtask. */
  readonly due: Set<AnyQuery>;
  /** Queries that wait for mutations to end. */
  readonly unquiet: Set<AnyQuery>;
  readonly channels: Channel[];
  /** The mark at which each connection last came back; 0 if it never did, -1 if it never was. */
  readonly returns: Map<TidingsClient, number>;
  /** Those who want to know when a topic's status may have changed. */
  readonly statusListeners: Set<() => void>;
  overlay?: Overlay;
}
