import type { QueryClient } from '@tanstack/react-query';
import type { TidingsClient, TopicPosition } from '@tidings/client';

import { createChannels, type Channels, type SyncWishes } from './channels';
import { createLedger, type AnyQuery, type Ledger, type PageDirection } from './ledger';
import { shareTagged } from './tags';

export type { SyncWishes };

/**
 * What may lie between the server's data and what is shown: optimistic changes, if an app makes
 * any. Until it does, what is shown is the server's data.
 */
export interface Overlay {
  /** The server's data of a query to which a fetch has added a page. `before` was shown before. */
  withPage(query: AnyQuery, before: unknown, direction: PageDirection): unknown;
  /**
   * A fetch brought data; with it, the server's is `base`.
   *
   * @param upTo - What is not newer than this mark is in it; -1 when that is not known.
   */
  onLanded(query: AnyQuery, base: unknown, upTo: number, isPage: boolean): void;
  /** Somebody else put data into the cache. `fromServer` tells a hydration from a write. */
  onForeign(query: AnyQuery, fromServer: boolean): void;
  /** Lets something change the server's data of queries, which it sees as what is shown. */
  onBase(queries: readonly AnyQuery[], change: () => void): void;
  /** An event that a mutation of this page may have caused. */
  onEcho(
    mutationId: string,
    at: TopicPosition | undefined,
    isOfTopic: (query: AnyQuery) => boolean,
  ): void;
  /** A query's data is gone. */
  forget(query: AnyQuery): void;
  /** Another user: nothing of the last one may show. */
  forgetAll(): void;
}

/** What keeps a QueryClient's data equal to the server's; its parts know each other through it. */
export interface Bridge {
  ledger: Ledger;
  overlay?: Overlay;
  channels: Channels;
}

/** One bridge per QueryClient; it outlives the hooks, as the cache does. */
const bridges = new WeakMap<QueryClient, Bridge>();

/** The bridges that each connection keeps right: another user concerns all of them. */
const fedBy = new WeakMap<TidingsClient, Set<Bridge>>();

export function bridgeOf(client: QueryClient, connection?: TidingsClient): Bridge {
  let bridge = bridges.get(client);
  if (!bridge) bridges.set(client, (bridge = createBridge(client)));
  if (connection) fedBy.set(connection, bridgesOf(connection).add(bridge));
  keepTags(client);
  return bridge;
}

export const bridgesOf = (connection: TidingsClient): Set<Bridge> =>
  fedBy.get(connection) ?? new Set();

/** Lets positions survive structural sharing; an app may set its defaults at any time. */
function keepTags(client: QueryClient): void {
  const { queries, ...rest } = client.getDefaultOptions();
  if ((queries?.structuralSharing ?? true) !== true) return;
  client.setDefaultOptions({ ...rest, queries: { ...queries, structuralSharing: shareTagged } });
}

function createBridge(client: QueryClient): Bridge {
  const bridge = {} as Bridge;
  bridge.ledger = createLedger(client, bridge);
  bridge.channels = createChannels(client, bridge);
  return bridge;
}
