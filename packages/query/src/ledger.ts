import type { QueryCacheNotifyEvent } from '@tanstack/query-core';

import { accountOf, doubt, forgive, release } from './accounts';
import type { AnyQuery, Bridge } from './contracts';
import { find, remind } from './debts';
import { onForeign, onUpdated } from './fetches';
import { isWatched, repoint } from './internals';
import { isSynced } from './synced';

/** Observers of a removed query hold on to it: point them at its successor. */
function rescue(query: AnyQuery): void {
  if (!isSynced(query)) return;
  // Not at once: a log-out that clears the cache unmounts them in the same breath.
  setTimeout(() => accountOf(query).watchers.forEach(repoint));
}

function onCacheEvent(bridge: Bridge, event: QueryCacheNotifyEvent): void {
  const query = event.query as AnyQuery;
  const { watchers } = accountOf(query, bridge);
  const { type } = event;
  if (type === 'observerAdded') watchers.add(event.observer);
  if (type === 'updated') {
    onUpdated(query, event.action);
  } else if (type === 'added') {
    if (query.state.data !== undefined) onForeign(query, true);
  } else if (type === 'removed') {
    forgive(query);
    release(query);
    rescue(query);
  } else if (type === 'observerRemoved') {
    watchers.delete(event.observer);
    // Nobody looks any more: no timer for it. It stays owed.
    if (!isWatched(query)) forgive(query);
  } else if (type !== 'observerResultsUpdated') {
    remind(query);
  }
}

/** Follows everything that happens in a QueryClient's cache, from now on. */
export function follow(bridge: Bridge): void {
  find(bridge, []);
  bridge.queryClient.getQueryCache().subscribe((event) => onCacheEvent(bridge, event));
}

/**
 * A query's data, and what is under way to it, is not what the server has at any position.
 *
 * @param isTainted - Whether it is another user's, who may have seen what this one may not.
 */
export function doubtAll(bridge: Bridge, isTainted: boolean): void {
  for (const query of find(bridge, [])) {
    const account = accountOf(query);
    doubt(query);
    account.isRestored = true;
    account.isTainted ||= isTainted;
  }
}
