// Development only: what a hook is to keep right, and what is there.

import type { AnyQuery, Bridge } from './contracts';
import type { Sync } from './delivery';
import { observersOf } from './internals';
import { complain } from './mistakes';

/** How long after its topic's answer a hook's queries are looked for, in milliseconds. */
export const LOOK_AFTER_MS = 5000;

/** A key in which numbers are as good as their strings. */
const loosely = (key: unknown): string =>
  JSON.stringify(key, (_, value: unknown) => (typeof value === 'number' ? String(value) : value));

/** A key that begins as another does, but for numbers that are strings there. */
function lookalike({ client }: Bridge, queryKey: readonly unknown[]): string | undefined {
  const wanted = loosely(queryKey);
  const query = client
    .getQueryCache()
    .getAll()
    .find((each) => loosely(each.queryKey.slice(0, queryKey.length)) === wanted);
  return query && JSON.stringify(query.queryKey);
}

/** Whether somebody who looks at a query wants each mount and focus to fetch it. */
const isAlwaysStale = (query: AnyQuery): boolean =>
  observersOf(query).some(({ options: { staleTime = 0 } }) =>
    typeof staleTime === 'function' ? staleTime(query) === 0 : staleTime === 0,
  );

/** Looks, a while after a topic's answer, whether a hook has anything to keep right. */
export function expectQueries(bridge: Bridge, sync: Sync): void {
  const { client, ledger, channels } = bridge;
  clearTimeout(sync.lookTimer);
  sync.lookTimer = setTimeout(() => {
    const queries = ledger.find(sync.queryKey);
    const key = JSON.stringify(sync.queryKey);
    if (!queries.length) complain('R4', client, key, lookalike(bridge, sync.queryKey) ?? '');
    for (const query of queries) {
      if (channels.isCurrent(query) && isAlwaysStale(query)) complain('R6', client, query.queryHash);
    }
  }, LOOK_AFTER_MS);
}
