// What is owed to queries, and when it is paid: every mark is owed until a fetch that began after it
// succeeds, or data at its position is there. Whatever happens to fetches in between (cancelled,
// failed, overtaken, paused, unmounted), the debt stays.

import type { QueryKey } from '@tanstack/query-core';
import { covers, type TopicPosition } from '@tidings/client';

import { accountOf, forgive, includes, isIdle, tick } from './accounts';
import type { AnyQuery, Bridge } from './contracts';
import { fetchQuery, invalidate, isActive, isStatic } from './internals';
import { complain } from './mistakes';
import { abandon } from './writes';

/** How long a confirming fetch waits for pending mutations, at most, in milliseconds. */
export const CONFIRM_WITHIN_MS = 5000;

/** The queries under a key. */
export function find(bridge: Bridge, queryKey: QueryKey): AnyQuery[] {
  const queries = bridge.queryClient.getQueryCache().findAll({ queryKey });
  for (const query of queries) accountOf(query, bridge);
  return queries;
}

/** False when the data is known to include what it would be owed. */
export function owe(query: AnyQuery, at?: TopicPosition, mark = tick()): boolean {
  const { debts, paid } = accountOf(query);
  if (mark <= paid || includes(query, at)) return false;
  const topic = at?.topic ?? '';
  const owed = debts.get(topic);
  // A debounced mark may come after a newer one, which stays owed.
  const place = at && covers(owed?.at, at) ? owed?.at : at;
  debts.set(topic, { mark: Math.max(mark, owed?.mark ?? 0), at: place });
  return true;
}

/** Fetches an owed query, if somebody is looking and nothing speaks against it. */
function settle(query: AnyQuery): void {
  const { bridge, debts, began, lost, retryTimer } = accountOf(query);
  const { queryClient: client } = bridge;
  if (!debts.size || client.getQueryCache().get(query.queryHash) !== query) return;
  invalidate(query);
  if (isStatic(query)) {
    if (process.env.NODE_ENV !== 'production') complain('R8', client, query.queryHash);
    return;
  }
  if (!isActive(query) || retryTimer) return;
  // Only here: a second chance waits until somebody looks.
  if (!isIdle(query) && began < lost) abandon(query);
  fetchQuery(query);
}

/** Looks after a query in a microtask, so that a burst of marks costs one fetch. */
export function kick(query: AnyQuery): void {
  const { due } = accountOf(query).bridge;
  if (!due.size) {
    queueMicrotask(() => {
      const queries = [...due];
      due.clear();
      queries.forEach(settle);
    });
  }
  due.add(query);
}

/** Leaves a query alone while mutations are under way, for a while: they may have written it. */
export function kickWhenQuiet(query: AnyQuery): void {
  const { queryClient: client, unquiet } = accountOf(query).bridge;
  if (!client.isMutating()) return kick(query);
  if (!unquiet.size) {
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
  unquiet.add(query);
}

/** Looks after a query that is owed, unless it is left alone. */
export function remind(query: AnyQuery): void {
  const { bridge, debts } = accountOf(query);
  if (debts.size && !bridge.unquiet.has(query)) kick(query);
}

/** Something changed that a query's data may not include; `at` says where, if known. */
export function mark(query: AnyQuery, at?: TopicPosition): void {
  if (owe(query, at)) kick(query);
}

/** The same for all queries under a key. */
export function markAll(bridge: Bridge, queryKey: QueryKey, at?: TopicPosition): void {
  for (const query of find(bridge, queryKey)) mark(query, at);
}

/** The server's answer to one hook. */
export interface Answer {
  at: TopicPosition;
  /** Fetches that began after this mark include what the answer speaks of. */
  mark: number;
  /** What was asked for before this mark may hang: it is given up. */
  lost: number;
  /** Whether it is the first answer to somebody, who may want what others did not. */
  isNew: boolean;
}

/** The server answered: as a mark, and whatever failed or hung before gets another chance. */
export function markAnswer(query: AnyQuery, { at, mark, lost, isNew }: Answer): void {
  const account = accountOf(query);
  owe(query, isNew && account.hasPassed ? undefined : at, mark);
  account.lost = Math.max(account.lost, lost);
  forgive(query);
  kick(query);
}
