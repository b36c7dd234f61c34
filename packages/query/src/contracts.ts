// The contracts between the parts of the bridge. Each part knows these, and no other part.

import type {
  Mutation,
  Query,
  QueryCacheNotifyEvent,
  QueryClient,
  QueryKey,
} from '@tanstack/query-core';
import type {
  Position,
  TidingsClient,
  TidingsError,
  TopicPosition,
  WSEvent,
  WSEventType,
} from '@tidings/client';

export type AnyQuery = Query;
export type AnyMutation = Mutation;

/** What a query's cache says of a change of its state. */
export type QueryAction = Extract<QueryCacheNotifyEvent, { type: 'updated' }>['action'];

/**
 * What the bridge uses of TanStack Query while it runs. A binding passes in what it imports itself,
 * so that an app has one copy, whichever else is installed.
 */
export interface QueryCore {
  readonly notifyManager: { batch<T>(run: () => T): T };
  readonly matchQuery: (filters: { queryKey: QueryKey }, query: AnyQuery) => boolean;
  readonly isCancelledError: (error: unknown) => boolean;
  readonly replaceEqualDeep: (previous: unknown, next: unknown) => unknown;
}

/** Whether a page comes after the last or before the first. */
export type PageDirection = 'forward' | 'backward';

/**
 * The account of what is owed to each query: every mark is owed until a fetch that began after it
 * succeeds, or data at its position is there. Whatever happens to fetches in between (cancelled,
 * failed, overtaken, paused, unmounted), the debt stays.
 */
export interface Ledger {
  /** The queries under a key. */
  find: (queryKey: QueryKey) => AnyQuery[];
  /** A new mark that nobody owes yet: fetches from now on begin after it. */
  tick: () => number;
  /** Something changed that a query's data may not include; `at` says where, if known. */
  mark: (query: AnyQuery, at?: TopicPosition) => void;
  /** The same for all queries under a key. */
  markAll: (queryKey: QueryKey, at?: TopicPosition) => void;
  /** The server answered: as a mark, and whatever failed or hung before gets another chance. */
  markAnswer: (queryKey: QueryKey, answer: Answer) => void;
  /** Whether a query's data is known to include a place. */
  includes: (query: AnyQuery, at: TopicPosition | undefined) => boolean;
  /** Up to where a query's data is known to be complete. */
  heldAt: (query: AnyQuery, topic: string) => Position | undefined;
  /** Whether a query has data, and nothing is owed to it. */
  isPaid: (query: AnyQuery) => boolean;
  /** An event was taken into the data. False when events before it are missing there. */
  advance: (query: AnyQuery, at: TopicPosition) => boolean;
  /** An event is none of the data's business, as far as those go who sync with it now. */
  passOver: (query: AnyQuery, at: TopicPosition) => void;
  /**
   * A query's data, and what is under way to it, is not what the server has at any position.
   *
   * @param isTainted - Whether it is another user's, who may have seen what this one may not.
   */
  doubt: (query: AnyQuery, isTainted?: boolean) => void;
  /** Takes what was written to a query for a guess. */
  distrust: (query: AnyQuery) => void;
  /** Puts data into a query without making it look fetched, or written by the app. */
  write: (query: AnyQuery, data: unknown) => void;
  /** Runs an app's handler, which may not throw, and returns the queries that it wrote to. */
  watch: (run: () => void) => Set<AnyQuery>;
  /**
   * Runs something once the fetches now under way for a key have ended; at once if there are none.
   * Where data was taken away meanwhile, `instead` runs.
   */
  afterFetches: (queryKey: QueryKey, run: () => void, instead: () => void) => void;
  /** Takes the data away; if somebody is looking, REST is asked once and has the last word. */
  wipe: (query: AnyQuery, refetch: boolean) => void;
}

/** The server's answer to one hook. */
export interface Answer {
  at: TopicPosition;
  /** Fetches that began after this mark include what the answer speaks of. */
  mark: number;
  /** What was asked for before this mark may hang: it is given up. */
  since: number;
  /** Whether it is the first answer to somebody, who may want what others did not. */
  isNew: boolean;
}

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

/** Carries events and answers from topics to the ledger, the overlay and the apps' handlers. */
export interface Channels {
  /** Lets a topic keep the queries under a key right; returns the undo. */
  sync: (
    connection: TidingsClient,
    topic: string,
    queryKey: QueryKey,
    wishes: () => SyncWishes,
  ) => () => void;
  /** How a topic of a connection stands. */
  statusOf: (connection: TidingsClient, topic: string) => TopicStatus;
  /** Calls back when a topic's status may have changed; returns the undo. */
  onStatus: (listener: () => void) => () => void;
  /** Whether events keep a query right, so that it may be fetched for its own good. */
  isSynced: (query: AnyQuery) => boolean;
  /** Whether every event for a query is heard, and none is owed: it equals the server's data. */
  isCurrent: (query: AnyQuery) => boolean;
  /** Whether a connection was refused what would keep queries under a key right. */
  isRefused: (connection: TidingsClient, queryKey: QueryKey) => boolean;
  /** Another user: nothing that a connection ever kept right for the last one is to be seen. */
  forgetAll: (connection: TidingsClient, refetch: boolean) => void;
}

/** What keeps a QueryClient's data equal to the server's; its parts know each other through it. */
export interface Bridge {
  readonly client: QueryClient;
  readonly core: QueryCore;
  ledger: Ledger;
  channels: Channels;
  overlay?: Overlay;
}
