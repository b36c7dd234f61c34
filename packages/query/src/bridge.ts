import type { QueryClient } from '@tanstack/query-core';
import type { TidingsClient } from '@tidings/client';

import { createChannels } from './channels';
import type { Bridge, QueryCore } from './contracts';
import { createLedger } from './ledger';
import { complain, hasOtherCopy } from './mistakes';
import { shareTagged } from './tags';

/** One bridge per QueryClient; it outlives the hooks, as the cache does. */
const bridges = new WeakMap<QueryClient, Bridge>();

const extensions: ((bridge: Bridge) => void)[] = [];

/** Adds something to every bridge that is made from now on: what not every app imports. */
export const extendBridges = (extend: (bridge: Bridge) => void): void =>
  void extensions.push(extend);

type Identity = string | null | undefined;

/** What a connection keeps right, and for whom. */
interface Feed {
  bridges: Set<Bridge>;
  /** Who is about to be logged in. */
  expected?: Identity;
  /** The last who was logged in. */
  user?: Identity;
}

const feeds = new WeakMap<TidingsClient, Feed>();

function feedOf(connection: TidingsClient): Feed {
  let feed = feeds.get(connection);
  if (!feed) feeds.set(connection, (feed = { bridges: new Set() }));
  return feed;
}

/**
 * The bridge of a QueryClient, made at the first call.
 *
 * @param core - What the bridge uses of TanStack Query, from the copy that the QueryClient is of.
 * @param connection - A connection that keeps its data right.
 */
export function bridgeOf(core: QueryCore, client: QueryClient, connection?: TidingsClient): Bridge {
  let bridge = bridges.get(client);
  if (!bridge) {
    bridges.set(client, (bridge = createBridge(core, client)));
    for (const extend of extensions) extend(bridge);
  }
  if (connection) feedOf(connection).bridges.add(bridge);
  setDefaults(bridge);
  return bridge;
}

/** Whether somebody else was logged in, who may have seen what this one may not. */
const isOther = ({ user }: Feed, identity: Identity) => user != null && user !== identity;

/**
 * Says for whom data is fetched from now on, before anything is: nothing that was fetched until now
 * is where it was for them. Does nothing when it is nobody else.
 */
export function expectUser(connection: TidingsClient, identity: Identity): void {
  const feed = feedOf(connection);
  if ('expected' in feed && feed.expected !== identity) {
    for (const { ledger } of feed.bridges) {
      for (const query of ledger.find([])) ledger.doubt(query, isOther(feed, identity));
    }
  }
  feed.expected = identity;
}

/**
 * Somebody, or nobody, is logged in at a connection: nothing of another one's may show. To be called
 * at first, and with each change.
 */
export function changeUser(connection: TidingsClient, identity: Identity): void {
  const feed = feedOf(connection);
  const wasOther = isOther(feed, identity);
  feed.user = identity ?? feed.user;
  if (!wasOther) return;
  for (const { channels } of feed.bridges) channels.forgetAll(connection, identity != null);
}

/**
 * Lets positions survive structural sharing, and what events keep current count as fresh; an app
 * may set its defaults at any time, and what it says holds.
 */
function setDefaults({ client, core, channels }: Bridge): void {
  const { queries, ...rest } = client.getDefaultOptions();
  const isShared = (queries?.structuralSharing ?? true) === true;
  if (!isShared && queries?.staleTime !== undefined) return;
  client.setDefaultOptions({
    ...rest,
    queries: {
      ...queries,
      staleTime: queries?.staleTime ?? ((query) => (channels.isCurrent(query) ? Infinity : 0)),
      ...(isShared && { structuralSharing: shareTagged(core) }),
    },
  });
}

function createBridge(core: QueryCore, client: QueryClient): Bridge {
  const bridge = { core, client } as Bridge;
  if (process.env.NODE_ENV !== 'production' && hasOtherCopy('query', client, bridges))
    complain('R7', client, 'query');
  bridge.ledger = createLedger(bridge);
  bridge.channels = createChannels(bridge);
  return bridge;
}
