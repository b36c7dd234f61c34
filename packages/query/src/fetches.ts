// What becomes of fetches, and of what others put into the cache.

import type { QueryKey } from '@tanstack/query-core';

import {
  accountOf,
  clock,
  doubt,
  forgive,
  includes,
  isFetching,
  isIdle,
  release,
} from './accounts';
import type { AnyQuery, Bridge, QueryAction } from './contracts';
import { find, kick, kickWhenQuiet, mark, owe } from './debts';
import { hasPersister, isWriting, pageOf } from './internals';
import { noteEnd, noteFetch } from './lostPositions';
import { isSynced } from './synced';
import { positionsAt } from './tags';
import { own, seen, wipe } from './writes';

/** Bound of the first delay after a failed fetch that was owed, in milliseconds; it doubles. */
export const RETRY_MIN_MS = 1000;

/** The most that the bound grows to, in milliseconds. */
export const RETRY_MAX_MS = 30_000;

/** @param before - The data until then. */
function onLanded(query: AnyQuery, before: unknown): void {
  const account = accountOf(query);
  const { bridge, debts, began, page, isRestored } = account;
  if (isRestored && account.isTainted) return wipe(query, true);
  account.isTainted = account.hasPassed = false;
  const { overlay } = bridge;
  const base = page && overlay ? overlay.withPage(query, before, page) : query.state.data;
  const upTo = page || isRestored ? -1 : began;
  account.held = new Map(isRestored ? [] : positionsAt(base).map((at) => [at.topic, at]));
  if (!page) account.paid = upTo;
  for (const [topic, { mark, at }] of debts) {
    if (mark <= upTo || includes(query, at)) debts.delete(topic);
  }
  if (process.env.NODE_ENV !== 'production') noteEnd(bridge, query);
  forgive(query);
  overlay?.onLanded(query, base, upTo, !!page);
  release(query);
  if (isRestored && isSynced(query)) mark(query);
  if (debts.size) kick(query);
}

/** A fetch has brought nothing. True when it is owed: what was never there is. */
function isStillOwed(query: AnyQuery): boolean {
  release(query);
  if (query.state.data === undefined && isSynced(query)) owe(query);
  return accountOf(query).debts.size > 0;
}

function onFailed(query: AnyQuery): void {
  const account = accountOf(query);
  if (!isStillOwed(query) || account.retryTimer) return;
  const bound = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** account.failures++);
  account.retryTimer = setTimeout(() => {
    account.retryTimer = undefined;
    kick(query);
  }, Math.random() * bound);
}

/** A fetch was called off. */
function onCancelled(query: AnyQuery): void {
  if (isStillOwed(query)) kickWhenQuiet(query);
}

/** Somebody put data there whose age nobody knows. A fetch under way replaces it, and so will do. */
export function onForeign(query: AnyQuery, fromServer: boolean): void {
  const { bridge, began } = accountOf(query);
  doubt(query);
  bridge.overlay?.onForeign(query, fromServer);
  if (!isSynced(query)) return;
  owe(query, undefined, began);
  kickWhenQuiet(query);
}

/** A state was put in the place of another, by the app or a plugin. */
function onSet(query: AnyQuery, before: unknown, wasFetching: boolean): void {
  const { bridge, data } = accountOf(query);
  // Of another tab, maybe, which has it from here.
  if (bridge.core.replaceEqualDeep(before, data) !== before) onForeign(query, true);
  else if (wasFetching && isIdle(query)) onCancelled(query);
  if (isIdle(query)) release(query);
}

/** A query's state has changed. */
export function onUpdated(query: AnyQuery, action: QueryAction): void {
  const account = accountOf(query);
  const { bridge, data: before, isBusy: wasFetching } = account;
  const { data } = query.state;
  account.data = data;
  account.isBusy = !isIdle(query);
  const { type } = action;
  if (type === 'fetch') {
    if (process.env.NODE_ENV !== 'production') noteFetch(query);
    account.began = clock;
    account.page = pageOf(action);
    account.isRestored = account.isFed || (hasPersister(query) && before === undefined);
  } else if (type === 'pause') {
    // It may be a long pause: what waited for the fetch happens now, and is owed.
    release(query);
  } else if (type === 'continue') {
    // It paused before its first request, which goes out only now. A retry goes on with the pages
    // that an infinite query has read already.
    if (!query.state.fetchFailureCount) account.began = clock;
  } else if (type === 'error') {
    if (process.env.NODE_ENV !== 'production') noteEnd(bridge, query);
    if (bridge.core.isCancelledError(action.error)) onCancelled(query);
    else onFailed(query);
  } else if (type === 'success' && !isWriting(action)) {
    onLanded(query, before);
  } else if (own !== query) {
    // Data left as it was is no writing: the event is not in it.
    if (type === 'success' && before !== data && !seen?.add(query)) onForeign(query, false);
    if (type === 'setState') onSet(query, before, wasFetching);
  }
}

/**
 * Runs something once the fetches now under way for a key have ended; at once if there are none.
 * Where data was taken away meanwhile, `instead` runs.
 */
export function afterFetches(
  bridge: Bridge,
  queryKey: QueryKey,
  run: () => void,
  instead: () => void,
): void {
  const busy = find(bridge, queryKey).filter(isFetching);
  let left = busy.length;
  if (!left) return run();
  let wasWiped = false;
  for (const query of busy) {
    accountOf(query).afterFetch.push((isWiped) => {
      wasWiped ||= isWiped;
      if (!--left) (wasWiped ? instead : run)();
    });
  }
}
