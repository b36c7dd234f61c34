import { covers, type Position, type TopicPosition } from '@tidings/client';

import type { AnyQuery, PageDirection } from './contracts';
import { observersOf, watchHydration, type AnyObserver } from './internals';

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

/** What the bridge knows about one query. */
export interface Account {
  /** The last debt of each topic, and under '' the last without a position. */
  debts: Map<string, Debt>;
  /** The mark at which the running fetch began. */
  began: number;
  /** The mark at which the fetch began that brought all of the data; -1 when none did. */
  paid: number;
  /** Where the running fetch adds a page, if that is all it does: it covers nothing then. */
  page?: PageDirection | undefined;
  /** Whether the fetch that begins is given what somebody else has read. */
  isFed?: boolean;
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

/** The accounts of a QueryClient's queries, and the clock that orders marks and fetches. */
export interface Accounts {
  /** The last mark. */
  clock: number;
  of: (query: AnyQuery) => Account;
  /** Whether a query's data is known to include a place. */
  includes: (query: AnyQuery, at: TopicPosition | undefined) => boolean;
  /** See {@link Ledger}. */
  advance: (query: AnyQuery, at: TopicPosition) => boolean;
}

function openAccount(query: AnyQuery): Account {
  const account: Account = {
    debts: new Map(),
    began: 0,
    paid: -1,
    lost: 0,
    held: new Map(),
    data: query.state.data,
    isFetching: !isIdle(query),
    observers: new Set(observersOf(query)),
    failures: 0,
    afterFetch: [],
  };
  watchHydration(query, (isFed) => {
    account.isFed = isFed;
  });
  return account;
}

export function createAccounts(): Accounts {
  const accounts = new WeakMap<AnyQuery, Account>();
  const all: Accounts = {
    clock: 0,
    of(query) {
      let account = accounts.get(query);
      if (!account) accounts.set(query, (account = openAccount(query)));
      return account;
    },
    includes: (query, at) => !!at && covers(all.of(query).held.get(at.topic), at),
    advance(query, at) {
      if (!all.includes(query, { ...at, seq: at.seq - 1 })) return false;
      if (!all.includes(query, at)) all.of(query).held.set(at.topic, at);
      return true;
    },
  };
  return all;
}

/** Nothing is known of where the data is. */
export function doubt(account: Account): void {
  account.held.clear();
  account.paid = -1;
}

/** What failed is over: the next failure is the first. */
export function forgive(account: Account): void {
  account.failures = 0;
  clearTimeout(account.retryTimer);
  account.retryTimer = undefined;
}

/** Lets happen what waited for the running fetch. */
export function release(account: Account, isWiped = false): void {
  for (const run of account.afterFetch.splice(0)) run(isWiped);
}
