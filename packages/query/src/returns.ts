import type { TidingsClient } from '@tidings/client';

import type { Ledger } from './contracts';

/** When connections came back: what was asked for over a network that was lost may hang. */
export interface Returns {
  /** Follows a connection, once. */
  watch: (connection: TidingsClient) => void;
  /** The mark at which a connection last came back; 0 if it never did, -1 if it never was. */
  markOf: (connection: TidingsClient) => number;
}

export function createReturns(ledger: Ledger): Returns {
  const marks = new WeakMap<TidingsClient, number>();
  return {
    markOf: (connection) => marks.get(connection)!,
    watch(connection) {
      if (marks.has(connection)) return;
      const hasBegun = /^(re|connected)/.test(connection.getStatus().state);
      marks.set(connection, hasBegun ? 0 : -1);
      connection.onStatus(() => {
        if (connection.getStatus().state !== 'connected') return;
        marks.set(connection, marks.get(connection)! < 0 ? 0 : ledger.tick());
      });
    },
  };
}
