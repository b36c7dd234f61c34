import type { QueryClient } from '@tanstack/query-core';
import type { TidingsClient } from '@tidings/client';

import { createChannels } from './channels';
import type { AnyQuery, Bridge, QueryCore } from './contracts';
import { createLedger } from './ledger';
import { expectOneCopy } from './mistakes';
import { shareTagged } from './tags';

/** One bridge per QueryClient; it outlives the hooks, as the cache does. */
const bridges = new WeakMap<QueryClient, Bridge>();

const extensions: ((bridge: Bridge) => void)[] = [];

/** Adds something to every bridge that is made from now on: what not every app imports. */
export const extendBridges = (extend: (bridge: Bridge) => void): void => void extensions.push(extend);

/** What a connection keeps right, and for whom. */
interface Feed {
  identity?: string | null | undefined;
  /** Each bridge, and the mark at which its present user was first heard of. */
  bridges: Map<Bridge, number>;
}

const feeds = new WeakMap<TidingsClient, Feed>();

function feedOf(connection: TidingsClient): Feed {
  let feed = feeds.get(connection);
  if (!feed) feeds.set(connection, (feed = { bridges: new Map() }));
  return feed;
}

/**
 * The bridge of a QueryClient, made at the first call.
 *
 * @param core - What the bridge uses of TanStack Query, from the copy that the QueryClient is of.
 * @param connection - A connection that keeps its data right.
 */
export function bridgeOf(
  core: QueryCore,
  client: QueryClient,
  connection?: TidingsClient,
): Bridge {
  let bridge = bridges.get(client);
  if (!bridge) {
    bridges.set(client, (bridge = createBridge(core, client)));
    for (const extend of extensions) extend(bridge);
  }
  if (connection) {
    const fed = feedOf(connection).bridges;
    if (!fed.has(bridge)) fed.set(bridge, 0);
  }
  setDefaults(bridge);
  return bridge;
}

/**
 * Says for whom data is fetched from now on, before anything is: what is fetched between this and
 * {@link changeUser} is the new user's. Does nothing when it is nobody else.
 */
export function expectUser(connection: TidingsClient, identity: string | null | undefined): void {
  const feed = feedOf(connection);
  if (feed.identity === identity) return;
  feed.identity = identity;
  for (const bridge of feed.bridges.keys()) feed.bridges.set(bridge, bridge.ledger.tick());
}

/**
 * Another user, or nobody, is logged in at a connection.
 *
 * @param hadUser - Whether somebody else was: nothing of theirs may show.
 * @param refetch - Whether somebody is logged in now, for whom it is fetched.
 */
export function changeUser(connection: TidingsClient, hadUser: boolean, refetch: boolean): void {
  for (const [{ channels }, since] of feedOf(connection).bridges) {
    channels.forgetAll(connection, { hadUser, refetch, since });
  }
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
      staleTime: queries?.staleTime ?? ((query) => (channels.isCurrent(query as AnyQuery) ? Infinity : 0)),
      ...(isShared && { structuralSharing: shareTagged(core) }),
    },
  });
}

function createBridge(core: QueryCore, client: QueryClient): Bridge {
  const bridge = { core, client } as Bridge;
  if (process.env.NODE_ENV !== 'production') expectOneCopy('query', client, bridges);
  bridge.ledger = createLedger(bridge);
  bridge.channels = createChannels(bridge);
  return bridge;
}
