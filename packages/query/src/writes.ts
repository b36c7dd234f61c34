// What the bridge itself changes in a cache, told from what the app changes.

import { accountOf, doubt, forgive, release } from './accounts';
import type { AnyQuery } from './contracts';
import {
  abandonFetch,
  clearData,
  fetchFromServer,
  isActive,
  isWatched,
  replaceData,
} from './internals';

/** The query that the bridge itself is writing to. */
export let own: AnyQuery | undefined;

/** Collects the queries that an event handler writes to while it runs. */
export let seen: Set<AnyQuery> | undefined;

/** Changes a query without taking the change for one of the app's, whatever the app's code throws. */
function change(query: AnyQuery, run: (query: AnyQuery) => void): void {
  const outer = own;
  own = query;
  try {
    run(query);
  } finally {
    own = outer;
  }
}

/** Calls off what a query fetches, as if it had not been asked for. */
export const abandon = (query: AnyQuery): void => change(query, abandonFetch);

/** Puts data into a query without making it look fetched, or written by the app. */
export function write(query: AnyQuery, data: unknown): void {
  if (query.state.data !== data) change(query, () => replaceData(query, data));
}

/** Runs an app's handler, which may not throw, and returns the queries that it wrote to. */
export function watch(run: () => void): Set<AnyQuery> {
  const written = (seen = new Set<AnyQuery>());
  run();
  seen = undefined;
  return written;
}

/** Takes the data away; if somebody is looking, REST is asked once and has the last word. */
export function wipe(query: AnyQuery, refetch: boolean): void {
  const account = accountOf(query);
  forgive(query);
  release(query, true);
  account.debts.clear();
  doubt(query);
  account.isTainted = true;
  if (!isWatched(query)) return account.bridge.queryClient.getQueryCache().remove(query);
  change(query, clearData);
  if (refetch && isActive(query)) fetchFromServer(query);
}
