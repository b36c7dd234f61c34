import type { QueryCacheNotifyEvent } from '@tanstack/query-core';

import { createAccounts, doubt, forgive, release } from './accounts';
import type { AnyQuery, Bridge, Ledger } from './contracts';
import { createDebts } from './debts';
import { createFetches } from './fetches';
import { isWatched, repoint } from './internals';
import { createWrites } from './writes';

/** Follows everything that happens in a QueryClient's cache, from now on. */
export function createLedger(bridge: Bridge): Ledger {
  const cache = bridge.client.getQueryCache();
  const accounts = createAccounts();
  const writes = createWrites(bridge.client, accounts);
  const debts = createDebts(bridge, accounts, writes);
  const fetches = createFetches(bridge, accounts, debts, writes);

  /** Observers of a removed query hold on to it: point them at its successor. */
  function rescue(query: AnyQuery): void {
    if (!bridge.channels.isSynced(query)) return;
    // Not at once: a log-out that clears the cache unmounts them in the same breath.
    setTimeout(() => accounts.of(query).observers.forEach(repoint));
  }

  function onCacheEvent(event: QueryCacheNotifyEvent): void {
    const query = event.query as AnyQuery;
    const account = accounts.of(query);
    const { type } = event;
    if (type === 'observerAdded') account.observers.add(event.observer);
    if (type === 'updated') {
      fetches.onUpdated(query, event.action);
    } else if (type === 'added') {
      if (query.state.data !== undefined) fetches.onForeign(query, true);
    } else if (type === 'removed') {
      forgive(account);
      release(account);
      rescue(query);
    } else if (type === 'observerRemoved') {
      account.observers.delete(event.observer);
      // Nobody looks any more: no timer for it. It stays owed.
      if (!isWatched(query)) forgive(account);
    } else if (type !== 'observerResultsUpdated') {
      debts.remind(query);
    }
  }

  cache.getAll().forEach(accounts.of);
  cache.subscribe(onCacheEvent);

  return {
    ...accounts,
    ...debts,
    ...writes,
    ...fetches,
    tick: () => ++accounts.clock,
    heldAt: (query, topic) => accounts.of(query).held.get(topic),
    isPaid: (query) => query.state.data !== undefined && !accounts.of(query).debts.size,
    doubt(query, isTainted = false) {
      const account = accounts.of(query);
      doubt(account);
      account.isRestored = true;
      account.isTainted ||= isTainted;
    },
    distrust: (query) => fetches.onForeign(query, false),
    passOver(query, at) {
      if (accounts.advance(query, at)) accounts.of(query).hasPassed = true;
    },
  };
}
