import {
  doubt,
  forgive,
  isFetching,
  isIdle,
  release,
  type Account,
  type Accounts,
} from './accounts';
import type { AnyQuery, Bridge, Ledger, QueryAction } from './contracts';
import type { Debts } from './debts';
import { hasPersister, isWriting, pageOf } from './internals';
import { noteEnd, noteFetch } from './lostPositions';
import { positionsAt } from './tags';
import type { Writes } from './writes';

/** Bound of the first delay after a failed fetch that was owed, in milliseconds; it doubles. */
export const RETRY_MIN_MS = 1000;

/** The most that the bound grows to, in milliseconds. */
export const RETRY_MAX_MS = 30_000;

/** What becomes of fetches, and of what others put into the cache. */
export interface Fetches extends Pick<Ledger, 'afterFetches'> {
  /** A query's state has changed. */
  onUpdated: (query: AnyQuery, action: QueryAction) => void;
  /** Somebody put data there whose age nobody knows. A fetch under way replaces it, and so will do. */
  onForeign: (query: AnyQuery, fromServer: boolean) => void;
}

export function createFetches(
  bridge: Bridge,
  accounts: Accounts,
  debts: Debts,
  writes: Writes,
): Fetches {
  const { core } = bridge;
  const isSynced = (query: AnyQuery) => bridge.channels.isSynced(query);

  /** @param before - The data until then. */
  function onLanded(query: AnyQuery, account: Account, before: unknown): void {
    const { began, page, isRestored } = account;
    if (isRestored && account.isTainted) return writes.wipe(query, true);
    account.isTainted = false;
    const { data } = query.state;
    const base = page && bridge.overlay ? bridge.overlay.withPage(query, before, page) : data;
    const upTo = page || isRestored ? -1 : began;
    account.held = new Map(isRestored ? [] : positionsAt(base).map((at) => [at.topic, at]));
    account.hasPassed = false;
    if (!page) account.paid = upTo;
    for (const [topic, { mark, at }] of account.debts) {
      if (mark <= upTo || accounts.includes(query, at)) account.debts.delete(topic);
    }
    if (process.env.NODE_ENV !== 'production') noteEnd(bridge, query);
    forgive(account);
    bridge.overlay?.onLanded(query, base, upTo, !!page);
    release(account);
    if (isRestored && isSynced(query)) debts.mark(query);
    if (account.debts.size) debts.kick(query);
  }

  /** A fetch has brought nothing. True when it is owed: what was never there is. */
  function isStillOwed(query: AnyQuery, account: Account): boolean {
    release(account);
    if (query.state.data === undefined && isSynced(query)) debts.owe(query);
    return account.debts.size > 0;
  }

  function onFailed(query: AnyQuery, account: Account): void {
    if (!isStillOwed(query, account) || account.retryTimer) return;
    const bound = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** account.failures++);
    account.retryTimer = setTimeout(() => {
      account.retryTimer = undefined;
      debts.kick(query);
    }, Math.random() * bound);
  }

  /** A fetch was called off. */
  function onCancelled(query: AnyQuery, account: Account): void {
    if (isStillOwed(query, account)) debts.kickWhenQuiet(query);
  }

  function onForeign(query: AnyQuery, fromServer: boolean): void {
    const account = accounts.of(query);
    doubt(account);
    bridge.overlay?.onForeign(query, fromServer);
    if (!isSynced(query)) return;
    debts.owe(query, undefined, account.began);
    debts.kickWhenQuiet(query);
  }

  /** Data was written by the app. */
  function onWritten(query: AnyQuery, account: Account, before: unknown): void {
    // Data left as it was is no writing: the event is not in it.
    if (before === account.data) return;
    if (writes.seen) writes.seen.add(query);
    else onForeign(query, false);
  }

  /** A state was put in the place of another, by the app or a plugin. */
  function onSet(query: AnyQuery, account: Account, before: unknown, wasFetching: boolean): void {
    // Of another tab, maybe, which has it from here.
    if (core.replaceEqualDeep(before, account.data) !== before) onForeign(query, true);
    else if (wasFetching && !account.isFetching) onCancelled(query, account);
    if (!account.isFetching) release(account);
  }

  return {
    onForeign,

    onUpdated(query, action) {
      const account = accounts.of(query);
      const { data: before, isFetching: wasFetching } = account;
      account.data = query.state.data;
      account.isFetching = !isIdle(query);
      const { type } = action;
      if (type === 'fetch') {
        if (process.env.NODE_ENV !== 'production') noteFetch(query);
        account.began = accounts.clock;
        account.page = pageOf(action);
        account.isRestored = account.isFed || (hasPersister(query) && before === undefined);
      } else if (type === 'pause') {
        // It may be a long pause: what waited for the fetch happens now, and is owed.
        release(account);
      } else if (type === 'continue') {
        // It paused before its first request, which goes out only now. A retry goes on with the
        // pages that an infinite query has read already.
        if (!query.state.fetchFailureCount) account.began = accounts.clock;
      } else if (type === 'error') {
        if (process.env.NODE_ENV !== 'production') noteEnd(bridge, query);
        if (core.isCancelledError(action.error)) onCancelled(query, account);
        else onFailed(query, account);
      } else if (type === 'success' && !isWriting(action)) {
        onLanded(query, account, before);
      } else if (writes.own !== query) {
        if (type === 'success') onWritten(query, account, before);
        if (type === 'setState') onSet(query, account, before, wasFetching);
      }
    },

    afterFetches(queryKey, run, instead) {
      const busy = debts.find(queryKey).filter(isFetching);
      let left = busy.length;
      if (!left) return run();
      let wasWiped = false;
      for (const query of busy) {
        accounts.of(query).afterFetch.push((isWiped) => {
          wasWiped ||= isWiped;
          if (!--left) (wasWiped ? instead : run)();
        });
      }
    },
  };
}
