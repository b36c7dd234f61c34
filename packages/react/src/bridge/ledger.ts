import { isCancelledError, notifyManager, replaceEqualDeep } from '@tanstack/react-query';
import type { Query, QueryCacheNotifyEvent, QueryClient, QueryKey } from '@tanstack/react-query';
import { covers, type Position, type TopicPosition } from '@tidings/client';

import type { Bridge } from './bridge';
import { positionsAt } from './tags';

/** Bound of the first delay after a failed fetch that was owed, in milliseconds; it doubles. */
export const RETRY_MIN_MS = 1000;

/** The most that the bound grows to, in milliseconds. */
export const RETRY_MAX_MS = 30_000;

/** How long a confirming fetch waits for pending mutations, at most, in milliseconds. */
export const CONFIRM_WITHIN_MS = 5000;

/** What a query without data is like, whatever it began with. */
const NO_DATA = {
  data: undefined,
  dataUpdatedAt: 0,
  error: null,
  isInvalidated: false,
  status: 'pending',
} as const;

export type AnyQuery = Query;
type AnyObserver = AnyQuery['observers'][number];

/** Whether a request of the query may be under way. A paused fetch is not, but it is not idle. */
export const isFetching = (query: AnyQuery): boolean => query.state.fetchStatus === 'fetching';
/** Whether nothing is going to land in a query that was asked for before. */
export const isIdle = (query: AnyQuery): boolean => query.state.fetchStatus === 'idle';

/** Something that the data does not include yet. */
interface Debt {
  /** When it was noted; a fetch that began later settles it. */
  mark: number;
  /** Where it is in its topic, if known; data at that position settles it too. */
  at?: TopicPosition | undefined;
}

/** Whether a page comes after the last or before the first. */
export type PageDirection = 'forward' | 'backward';

/** What the bridge knows about one query. */
interface Account {
  /** The last debt of each topic, and under '' the last without a position. */
  debts: Map<string, Debt>;
  /** The mark at which the running fetch began. */
  began: number;
  /** Where the running fetch adds a page, if that is all it does: it covers nothing then. */
  page?: PageDirection | undefined;
  /** Whether the running fetch brings data from elsewhere than the server, which may be old. */
  isRestored?: boolean;
  /**
   * Whether somebody may not see what is anywhere but on the server, since access was taken away,
   * or it is another user's.
   */
  isTainted?: boolean;
  /** Up to where the data is known to be complete, by topic. */
  held: Map<string, Position>;
  /** Whether that leaves out events which nobody wanted; somebody else may. */
  hasPassed?: boolean;
  /** The data last seen, to notice what others put there. */
  data: unknown;
  isFetching: boolean;
  /** A fetch that began before this mark may never be answered: it is given up, and begun anew. */
  lost: number;
  /** Who looks: the query itself does not tell that in every version. */
  observers: Set<AnyObserver>;
  failures: number;
  retryTimer?: ReturnType<typeof setTimeout> | undefined;
  /** What waits for the running fetch to end. */
  afterFetch: ((isWiped: boolean) => void)[];
}

export type Ledger = ReturnType<typeof createLedger>;

/**
 * The account of what is owed to each query: every mark is owed until a fetch that began after it
 * succeeds, or data at its position is there. Whatever happens to fetches in between (cancelled,
 * failed, overtaken, paused, unmounted), the debt stays.
 */
export function createLedger(client: QueryClient, bridge: Bridge) {
  const cache = client.getQueryCache();
  const accounts = new WeakMap<AnyQuery, Account>();
  const due = new Set<AnyQuery>();
  /** Queries that wait for mutations to end. */
  const unquiet = new Set<AnyQuery>();
  let clock = 0;
  /** The query that the bridge itself is writing to. */
  let ownWrite: AnyQuery | undefined;
  /** Collects the queries that an event handler writes to while it runs. */
  let written: Set<AnyQuery> | undefined;
  /** What the fetch that is being begun is given, if somebody else has read it. */
  let fed: unknown;
  let warnedOfStatic = false;

  function accountOf(query: AnyQuery): Account {
    let account = accounts.get(query);
    if (!account) {
      account = {
        debts: new Map(),
        began: 0,
        lost: 0,
        held: new Map(),
        data: query.state.data,
        isFetching: !isIdle(query),
        observers: new Set(query.observers),
        failures: 0,
        afterFetch: [],
      };
      accounts.set(query, account);
      watchFetches(query);
    }
    return account;
  }

  /** A hydration hands over a promise of what it brings. No notice tells that from a fetch. */
  function watchFetches(query: AnyQuery): void {
    const fetch = query.fetch.bind(query);
    query.fetch = (options, how) => {
      fed = how?.initialPromise;
      return fetch(options, how);
    };
  }

  /** Whether a query's data is known to include a place. */
  const includes = (query: AnyQuery, at: TopicPosition | undefined): boolean =>
    !!at && covers(accountOf(query).held.get(at.topic), at);
  /** Whether events keep this query right, so that it may be fetched for its own good. */
  const isSynced = (query: AnyQuery): boolean => bridge.channels.isSynced(query);
  /** Whether a fetch brings all of the data from the server. */
  const isWhole = ({ page, isRestored }: Account) => !page && !isRestored;
  const find = (queryKey: QueryKey): AnyQuery[] => cache.findAll({ queryKey });

  /** Looks after a query in a microtask, so that a burst of marks costs one fetch. */
  function kick(query: AnyQuery): void {
    if (!due.size) {
      queueMicrotask(() => {
        const queries = [...due];
        due.clear();
        notifyManager.batch(() => queries.forEach(settle));
      });
    }
    due.add(query);
  }

  /** Fetches an owed query, if somebody is looking and nothing speaks against it. */
  function settle(query: AnyQuery): void {
    const account = accountOf(query);
    if (!account.debts.size || cache.get(query.queryHash) !== query) return;
    query.invalidate();
    // Not every 5.x knows of it.
    if ((query as Partial<AnyQuery>).isStatic?.()) {
      if (!warnedOfStatic)
        console.warn(`[tidings] events cannot refresh static ${query.queryHash}`);
      warnedOfStatic = true;
      return;
    }
    if (!query.isActive() || account.retryTimer) return;
    // Only here: a second chance waits until somebody looks.
    if (!isIdle(query) && account.began < account.lost) change(query, () => abandon(query));
    query.fetch(undefined, { cancelRefetch: false }).catch(() => {});
  }

  /** Calls off what a query fetches, as if it had not been asked for. */
  function abandon(query: AnyQuery): void {
    void query.cancel({ silent: true });
    query.setState({ fetchStatus: 'idle' });
  }

  /** Changes a query without taking the change for one of the app's. */
  function change(query: AnyQuery, run: () => void): void {
    ownWrite = query;
    run();
    ownWrite = undefined;
  }

  /** Puts data into a query without making it look fetched, or written by the app. */
  function write(query: AnyQuery, data: unknown): void {
    const { isInvalidated, error, status, dataUpdatedAt, data: before } = query.state;
    if (before === data) return;
    change(query, () => {
      query.setData(data, { manual: true, updatedAt: dataUpdatedAt });
      if (isInvalidated || error) query.setState({ isInvalidated, error, status });
    });
  }

  /** False when the data is known to include what it would be owed. */
  function owe(query: AnyQuery, at?: TopicPosition, mark = ++clock): boolean {
    if (includes(query, at)) return false;
    const { debts } = accountOf(query);
    const topic = at?.topic ?? '';
    const owed = debts.get(topic);
    // A debounced mark may come after a newer one, which stays owed.
    const place = at && covers(owed?.at, at) ? owed?.at : at;
    debts.set(topic, { mark: Math.max(mark, owed?.mark ?? 0), at: place });
    return true;
  }

  /** Something changed that a query's data may not include; `at` says where, if known. */
  function mark(query: AnyQuery, at?: TopicPosition): void {
    if (owe(query, at)) kick(query);
  }

  function markAll(queryKey: QueryKey, at?: TopicPosition): void {
    for (const query of find(queryKey)) mark(query, at);
  }

  /**
   * The server answered: as a mark, and whatever failed or hung before gets another chance.
   *
   * @param since - What was asked for before this mark may hang: it is given up.
   * @param isNew - Whether it is the first answer to somebody, who may want what others did not.
   */
  function markAnswer(queryKey: QueryKey, at: TopicPosition, since: number, isNew: boolean): void {
    for (const query of find(queryKey)) {
      const account = accountOf(query);
      owe(query, isNew && account.hasPassed ? undefined : at);
      account.lost = Math.max(account.lost, since);
      forgive(account);
      kick(query);
    }
  }

  /** An event was taken into the data. False when events before it are missing there. */
  function advance(query: AnyQuery, at: TopicPosition): boolean {
    if (!includes(query, { ...at, seq: at.seq - 1 })) return false;
    if (!includes(query, at)) accountOf(query).held.set(at.topic, at);
    return true;
  }

  function forgive(account: Account): void {
    account.failures = 0;
    clearTimeout(account.retryTimer);
    account.retryTimer = undefined;
  }

  /** @param before - The data until then. */
  function onLanded(query: AnyQuery, account: Account, before: unknown): void {
    const { debts, began, page, isRestored } = account;
    if (isRestored && account.isTainted) return wipe(query, true);
    account.isTainted = false;
    const { data } = query.state;
    const base = page && bridge.overlay ? bridge.overlay.withPage(query, before, page) : data;
    const upTo = isWhole(account) ? began : -1;
    account.held = new Map(isRestored ? [] : positionsAt(base).map((at) => [at.topic, at]));
    account.hasPassed = false;
    for (const [topic, { mark, at }] of debts) {
      if (mark <= upTo || includes(query, at)) debts.delete(topic);
    }
    forgive(account);
    bridge.overlay?.onLanded(query, base, upTo, !!page);
    release(account);
    if (isRestored && isSynced(query)) mark(query);
    if (account.debts.size) kick(query);
  }

  /** A fetch has brought nothing. True when it is owed: what was never there is. */
  function isStillOwed(query: AnyQuery, account: Account): boolean {
    release(account);
    if (query.state.data === undefined && isSynced(query)) owe(query);
    return account.debts.size > 0;
  }

  function onFailed(query: AnyQuery, account: Account): void {
    if (!isStillOwed(query, account) || account.retryTimer) return;
    const bound = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** account.failures++);
    account.retryTimer = setTimeout(() => {
      account.retryTimer = undefined;
      kick(query);
    }, Math.random() * bound);
  }

  /** A fetch was called off. */
  function onCancelled(query: AnyQuery, account: Account): void {
    if (isStillOwed(query, account)) kickWhenQuiet(query);
  }

  /** Somebody put data there whose age nobody knows. A fetch under way replaces it, and so will do. */
  function onForeign(query: AnyQuery, account: Account, fromServer: boolean): void {
    account.held.clear();
    bridge.overlay?.onForeign(query, fromServer);
    if (!isSynced(query)) return;
    owe(query, undefined, account.began);
    kickWhenQuiet(query);
  }

  function release(account: Account, isWiped = false): void {
    for (const run of account.afterFetch.splice(0)) run(isWiped);
  }

  /** Leaves a query alone while mutations are under way, for a while: they may have written it. */
  function kickWhenQuiet(query: AnyQuery): void {
    if (!client.isMutating()) return kick(query);
    const isFirst = !unquiet.size;
    unquiet.add(query);
    if (!isFirst) return;
    const done = () => {
      clearTimeout(timer);
      unsubscribe();
      unquiet.forEach(kick);
      unquiet.clear();
    };
    const timer = setTimeout(done, CONFIRM_WITHIN_MS);
    const unsubscribe = client.getMutationCache().subscribe(() => {
      if (!client.isMutating()) done();
    });
  }

  /** Observers of a removed query hold on to it: point them at its successor. */
  function rescue(query: AnyQuery, { observers }: Account): void {
    if (!isSynced(query)) return;
    // Not at once: a log-out that clears the cache unmounts them in the same breath.
    setTimeout(() => {
      for (const observer of observers) observer.setOptions(observer.options);
    });
  }

  function onUpdated(
    query: AnyQuery,
    action: Extract<QueryCacheNotifyEvent, { type: 'updated' }>['action'],
  ): void {
    const account = accountOf(query);
    const before = account.data;
    const wasFetching = account.isFetching;
    account.data = query.state.data;
    account.isFetching = !isIdle(query);
    const { type } = action;
    if (type === 'fetch') {
      account.began = clock;
      account.page = action.meta?.fetchMore?.direction;
      // A persister reads from its storage first when there is no data.
      account.isRestored = !!(fed || (query.options.persister && before === undefined));
    } else if (type === 'pause') {
      // It may be a long pause: what waited for the fetch happens now, and is owed.
      release(account);
    } else if (type === 'continue') {
      // It paused before its first request, which goes out only now. A retry goes on with the pages
      // that an infinite query has read already.
      if (!query.state.fetchFailureCount) account.began = clock;
    } else if (type === 'error') {
      if (isCancelledError(action.error)) onCancelled(query, account);
      else onFailed(query, account);
    } else if (type === 'success' && !action.manual) {
      onLanded(query, account, before);
    } else if (ownWrite === query) {
      // Nothing to learn from what the bridge did itself.
    } else if (type === 'success') {
      // Data left as it was is no writing: the event is not in it.
      if (before === account.data) return;
      if (written) written.add(query);
      else onForeign(query, account, false);
    } else if (type === 'setState') {
      // Of another tab, maybe, which has it from here.
      if (replaceEqualDeep(before, account.data) !== before) onForeign(query, account, true);
      else if (wasFetching && !account.isFetching) onCancelled(query, account);
      if (!account.isFetching) release(account);
    }
  }

  function onCacheEvent(event: QueryCacheNotifyEvent): void {
    const query = event.query as AnyQuery;
    const account = accountOf(query);
    const { type } = event;
    if (type === 'observerAdded') account.observers.add(event.observer);
    if (type === 'updated') {
      onUpdated(query, event.action);
    } else if (type === 'added') {
      if (query.state.data !== undefined) onForeign(query, account, true);
    } else if (type === 'removed') {
      forgive(account);
      release(account);
      rescue(query, account);
    } else if (type === 'observerRemoved') {
      account.observers.delete(event.observer);
      // Nobody looks any more: no timer for it. It stays owed.
      if (!query.getObserversCount()) forgive(account);
    } else if (type !== 'observerResultsUpdated' && account.debts.size && !unquiet.has(query)) {
      kick(query);
    }
  }

  /** Takes the data away; if somebody is looking, REST is asked once and has the last word. */
  function wipe(query: AnyQuery, refetch: boolean): void {
    const account = accountOf(query);
    forgive(account);
    release(account, true);
    account.debts.clear();
    account.held.clear();
    account.isTainted = true;
    if (!query.getObserversCount()) return cache.remove(query);
    change(query, () => {
      abandon(query);
      query.setState({ ...query.resetState, ...NO_DATA });
    });
    if (!refetch || !query.isActive()) return;
    // Not from an app's storage.
    query.fetch({ ...query.options, persister: undefined as never }).catch(() => {});
  }

  cache.getAll().forEach(accountOf);
  cache.subscribe(onCacheEvent);

  return {
    find,
    mark,
    markAll,
    markAnswer,
    includes,

    /** A new mark that nobody owes yet: fetches from now on begin after it. */
    tick: () => ++clock,

    /** Up to where a query's data is known to be complete. */
    heldAt: (query: AnyQuery, topic: string) => accountOf(query).held.get(topic),

    /**
     * A query's data, and what is under way to it, is not what the server has at any position.
     *
     * @param isTainted - Whether it is another user's, who may have seen what this one may not.
     */
    doubt(query: AnyQuery, isTainted = false): void {
      const account = accountOf(query);
      account.held.clear();
      account.isRestored = true;
      account.isTainted ||= isTainted;
    },

    /** Takes what was written to a query for a guess. */
    distrust: (query: AnyQuery): void => onForeign(query, accountOf(query), false),

    advance,
    write,

    /** An event is none of the data's business, as far as those go who sync with it now. */
    passOver(query: AnyQuery, at: TopicPosition): void {
      if (advance(query, at)) accountOf(query).hasPassed = true;
    },

    /**
     * Runs something once the fetches now under way for a key have ended; at once if there are
     * none. Where data was taken away meanwhile, `instead` runs.
     */
    afterFetches(queryKey: QueryKey, run: () => void, instead: () => void): void {
      const busy = find(queryKey).filter(isFetching);
      let left = busy.length;
      if (!left) return run();
      let wasWiped = false;
      for (const query of busy) {
        accountOf(query).afterFetch.push((isWiped) => {
          wasWiped ||= isWiped;
          if (!--left) (wasWiped ? instead : run)();
        });
      }
    },

    /** Runs an app's handler, which may not throw, and returns the queries that it wrote to. */
    watch(run: () => void): Set<AnyQuery> {
      const seen = (written = new Set<AnyQuery>());
      run();
      written = undefined;
      return seen;
    },

    wipe,
  };
}
