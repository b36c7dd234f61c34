import { covers, type TopicPosition } from '@tidings/client';

import { forgive, isIdle, type Accounts } from './accounts';
import type { AnyQuery, Bridge, Ledger } from './contracts';
import { fetchQuery, invalidate, isActive, isStatic } from './internals';
import { complain } from './mistakes';
import type { Writes } from './writes';

/** How long a confirming fetch waits for pending mutations, at most, in milliseconds. */
export const CONFIRM_WITHIN_MS = 5000;

/** What is owed to queries, and when it is paid. */
export interface Debts extends Pick<Ledger, 'find' | 'mark' | 'markAll' | 'markAnswer'> {
  /** False when the data is known to include what it would be owed. */
  owe: (query: AnyQuery, at?: TopicPosition, mark?: number) => boolean;
  /** Looks after a query in a microtask, so that a burst of marks costs one fetch. */
  kick: (query: AnyQuery) => void;
  /** Leaves a query alone while mutations are under way, for a while: they may have written it. */
  kickWhenQuiet: (query: AnyQuery) => void;
  /** Looks after a query that is owed, unless it is left alone. */
  remind: (query: AnyQuery) => void;
}

export function createDebts(
  { client, core }: Bridge,
  accounts: Accounts,
  { abandon }: Writes,
): Debts {
  const cache = client.getQueryCache();
  const due = new Set<AnyQuery>();
  /** Queries that wait for mutations to end. */
  const unquiet = new Set<AnyQuery>();

  /** Fetches an owed query, if somebody is looking and nothing speaks against it. */
  function settle(query: AnyQuery): void {
    const account = accounts.of(query);
    if (!account.debts.size || cache.get(query.queryHash) !== query) return;
    invalidate(query);
    if (isStatic(query)) {
      if (process.env.NODE_ENV !== 'production') complain('R8', client, query.queryHash);
      return;
    }
    if (!isActive(query) || account.retryTimer) return;
    // Only here: a second chance waits until somebody looks.
    if (!isIdle(query) && account.began < account.lost) abandon(query);
    fetchQuery(query);
  }

  const debts: Debts = {
    find: (queryKey) => cache.findAll({ queryKey }),

    owe(query, at, mark = ++accounts.clock) {
      const { debts, paid } = accounts.of(query);
      if (mark <= paid || accounts.includes(query, at)) return false;
      const topic = at?.topic ?? '';
      const owed = debts.get(topic);
      // A debounced mark may come after a newer one, which stays owed.
      const place = at && covers(owed?.at, at) ? owed?.at : at;
      debts.set(topic, { mark: Math.max(mark, owed?.mark ?? 0), at: place });
      return true;
    },

    kick(query) {
      if (!due.size) {
        queueMicrotask(() => {
          const queries = [...due];
          due.clear();
          core.notifyManager.batch(() => queries.forEach(settle));
        });
      }
      due.add(query);
    },

    kickWhenQuiet(query) {
      if (!client.isMutating()) return debts.kick(query);
      const isFirst = !unquiet.size;
      unquiet.add(query);
      if (!isFirst) return;
      const done = () => {
        clearTimeout(timer);
        unsubscribe();
        unquiet.forEach(debts.kick);
        unquiet.clear();
      };
      const timer = setTimeout(done, CONFIRM_WITHIN_MS);
      const unsubscribe = client.getMutationCache().subscribe(() => {
        if (!client.isMutating()) done();
      });
    },

    remind(query) {
      if (accounts.of(query).debts.size && !unquiet.has(query)) debts.kick(query);
    },

    mark(query, at) {
      if (debts.owe(query, at)) debts.kick(query);
    },

    markAll(queryKey, at) {
      for (const query of debts.find(queryKey)) debts.mark(query, at);
    },

    markAnswer(queryKey, { at, mark, since, isNew }) {
      for (const query of debts.find(queryKey)) {
        const account = accounts.of(query);
        debts.owe(query, isNew && account.hasPassed ? undefined : at, mark);
        account.lost = Math.max(account.lost, since);
        forgive(account);
        debts.kick(query);
      }
    },
  };
  return debts;
}
