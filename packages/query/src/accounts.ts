import { covers, type Position, type TopicPosition } from '@tidings/client';

import type { AnyQuery, Bridge, PageDirection } from './contracts';
import { observersOf, watchHydration, type AnyObserver } from './internals';

/** Whether a request of the query may be under way. A paused fetch is not, but it is not idle. */
export const isFetching = (query: AnyQuery): boolean => query.state.fetchStatus === 'fetching';

/** Whether nothing is going to land in a query that was asked for before. */
export const isIdle = (query: AnyQuery): boolean => query.state.fetchStatus === 'idle';

/** The last mark: what orders events, answers and fetches. */
export let clock = 0;

/** A new mark that nobody owes yet: fetches from now on begin after it. */
export const tick = (): number => ++clock;

/** Something that the data does not include yet. */
interface Debt {
  /** When it was noted; a fetch that began later settles it. */
  mark: number;
  /** Where it is in its topic, if known; data at that position settles it too. */
  at?: TopicPosition | undefined;
}

/** What the bridge knows about one query. */
export interface Account {
  readonly bridge: Bridge;
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
  isBusy: boolean;
  /** A fetch that began before this mark may never be answered: it is given up, and begun anew. */
  lost: number;
  /** Who looks: the query itself does not tell that in every version. */
  watchers: Set<AnyObserver>;
  failures: number;
  retryTimer?: ReturnType<typeof setTimeout> | undefined;
  /** What waits for the running fetch to end. */
  afterFetch: ((isWiped: boolean) => void)[];
}

const accounts = new WeakMap<AnyQuery, Account>();

/** @param bridge - That of the query's client; needed where the query may be new. */
export function accountOf(query: AnyQuery, bridge?: Bridge): Account {
  let account = accounts.get(query);
  if (!account) accounts.set(query, (account = openAccount(query, bridge!)));
  return account;
}

function openAccount(query: AnyQuery, bridge: Bridge): Account {
  const account: Account = {
    bridge,
    debts: new Map(),
    began: 0,
    paid: -1,
    lost: 0,
    held: new Map(),
    data: query.state.data,
    isBusy: !isIdle(query),
    watchers: new Set(observersOf(query)),
    failures: 0,
    afterFetch: [],
  };
  watchHydration(query, (isFed) => {
    account.isFed = isFed;
  });
  return account;
}

/** Whether a query has data, and nothing is owed to it. */
export const isPaid = (query: AnyQuery): boolean =>
  query.state.data !== undefined && !accountOf(query).debts.size;

/** Whether a query's data is known to include a place. */
export const includes = (query: AnyQuery, at: TopicPosition | undefined): boolean =>
  !!at && covers(accountOf(query).held.get(at.topic), at);

/** An event was taken into the data. False when events before it are missing there. */
export function advance(query: AnyQuery, at: TopicPosition): boolean {
  if (!includes(query, { ...at, seq: at.seq - 1 })) return false;
  if (!includes(query, at)) accountOf(query).held.set(at.topic, at);
  return true;
}

/** An event is none of the data's business, as far as those go who sync with it now. */
export function passOver(query: AnyQuery, at: TopicPosition): void {
  if (advance(query, at)) accountOf(query).hasPassed = true;
}

/** Nothing is known of where the data is. */
export function doubt(query: AnyQuery): void {
  const account = accountOf(query);
  account.held.clear();
  account.paid = -1;
}

/** What failed is over: the next failure is the first. */
export function forgive(query: AnyQuery): void {
  const account = accountOf(query);
  account.failures = 0;
  clearTimeout(account.retryTimer);
  account.retryTimer = undefined;
}

/** Lets happen what waited for the running fetch. */
export function release(query: AnyQuery, isWiped = false): void {
  for (const run of accountOf(query).afterFetch.splice(0)) run(isWiped);
}
