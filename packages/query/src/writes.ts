import type { QueryClient } from '@tanstack/query-core';

import { doubt, forgive, release, type Accounts } from './accounts';
import type { AnyQuery } from './contracts';
import {
  abandonFetch,
  clearData,
  fetchFromServer,
  isActive,
  isWatched,
  replaceData,
} from './internals';

/** What the bridge itself changes in a cache, told from what the app changes. */
export interface Writes {
  /** The query that the bridge itself is writing to. */
  own?: AnyQuery | undefined;
  /** Collects the queries that an event handler writes to while it runs. */
  seen?: Set<AnyQuery> | undefined;
  /** Calls off what a query fetches, as if it had not been asked for. */
  abandon: (query: AnyQuery) => void;
  /** See {@link Ledger}. */
  write: (query: AnyQuery, data: unknown) => void;
  watch: (run: () => void) => Set<AnyQuery>;
  wipe: (query: AnyQuery, refetch: boolean) => void;
}

export function createWrites(client: QueryClient, accounts: Accounts): Writes {
  /** Changes a query without taking the change for one of the app's. */
  function change(query: AnyQuery, run: (query: AnyQuery) => void): void {
    writes.own = query;
    run(query);
    writes.own = undefined;
  }

  const writes: Writes = {
    abandon: (query) => change(query, abandonFetch),

    write(query, data) {
      if (query.state.data !== data) change(query, () => replaceData(query, data));
    },

    watch(run) {
      const seen = (writes.seen = new Set<AnyQuery>());
      run();
      writes.seen = undefined;
      return seen;
    },

    wipe(query, refetch) {
      const account = accounts.of(query);
      forgive(account);
      release(account, true);
      account.debts.clear();
      doubt(account);
      account.isTainted = true;
      if (!isWatched(query)) return client.getQueryCache().remove(query);
      change(query, clearData);
      if (refetch && isActive(query)) fetchFromServer(query);
    },
  };
  return writes;
}
