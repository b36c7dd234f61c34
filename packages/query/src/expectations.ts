// Development only: what a hook is to keep right, and what is there.

import type { AnyQuery, Bridge, Sync } from './contracts';
import { find } from './debts';
import { observersOf } from './internals';
import { complain } from './mistakes';
import { isCurrent } from './synced';

/** How long after its topic's answer a hook's queries are looked for, in milliseconds. */
export const LOOK_AFTER_MS = 5000;

/** The hash of a key that begins as another does, but for numbers that are strings there. */
function lookalike({ queryClient: client }: Bridge, queryKey: readonly unknown[]): string {
  const hash = (part: unknown) => client.defaultQueryOptions({ queryKey: [part] }).queryHash;
  const isLike = (part: unknown, other: unknown) =>
    hash(part) === hash(typeof other === 'number' ? String(other) : other) ||
    hash(other) === hash(typeof part === 'number' ? String(part) : part);
  const query = client
    .getQueryCache()
    .getAll()
    .find((each) => queryKey.every((part, i) => isLike(part, each.queryKey[i])));
  return query?.queryHash ?? '';
}

/** Whether somebody who looks at a query wants each mount and focus to fetch it. */
const isAlwaysStale = (query: AnyQuery): boolean =>
  observersOf(query).some(({ options: { staleTime = 0 } }) =>
    typeof staleTime === 'function' ? staleTime(query) === 0 : staleTime === 0,
  );

/** Looks, a while after a topic's answer, whether a hook has anything to keep right. */
export function expectQueries(bridge: Bridge, sync: Sync): void {
  const { queryClient: client } = bridge;
  clearTimeout(sync.lookTimer);
  sync.lookTimer = setTimeout(() => {
    const queries = find(bridge, sync.queryKey);
    const { queryHash: key } = client.defaultQueryOptions({ queryKey: sync.queryKey });
    if (!queries.length) complain('R4', client, key, lookalike(bridge, sync.queryKey));
    for (const query of queries) {
      if (isCurrent(query) && isAlwaysStale(query)) complain('R6', client, query.queryHash);
    }
  }, LOOK_AFTER_MS);
}
