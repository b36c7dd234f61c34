import type { QueryClient } from '@tanstack/query-core';
import type { TidingsClient } from '@tidings/client';

import { forgetAll } from './channels';
import type { Bridge, BridgeRef, QueryCore } from './contracts';
import { doubtAll, follow } from './ledger';
import { complain, hasOtherCopy } from './mistakes';
import { isCurrent } from './synced';
import { shareTagged } from './tags';

/** One bridge per QueryClient; it outlives the hooks, as the cache does. */
const bridges = new WeakMap<QueryClient, Bridge>();

const extensions: ((client: QueryClient) => void)[] = [];

/** Lets something be added to each bridge that is made from now on: what not every app imports. */
export const extendBridges = (extend: (client: QueryClient) => void): void =>
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

/** @param expected - Who is logged in when the connection is made. */
function feedOf(connection: TidingsClient, expected?: Identity): Feed {
  let feed = feeds.get(connection);
  if (!feed) feeds.set(connection, (feed = { bridges: new Set(), expected }));
  return feed;
}

/** The bridge of a QueryClient, for other parts of this package. */
export function workingsOf(
  core: QueryCore,
  client: QueryClient,
  connection?: TidingsClient,
): Bridge {
  let bridge = bridges.get(client);
  if (!bridge) {
    bridges.set(client, (bridge = createBridge(core, client)));
    for (const extend of extensions) extend(client);
  }
  if (connection) feedOf(connection).bridges.add(bridge);
  setDefaults(bridge);
  return bridge;
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
): BridgeRef {
  return workingsOf(core, client, connection);
}

/** Whether somebody else was logged in, who may have seen what this one may not. */
const isOther = ({ user }: Feed, identity: Identity) => user != null && user !== identity;

/**
 * Says for whom data is fetched from now on, before anything is: nothing that was fetched until now
 * is where it was for them. Does nothing when it is nobody else. To be called before `bridgeOf`.
 */
export function expectUser(connection: TidingsClient, identity: Identity): void {
  const feed = feedOf(connection, identity);
  if (feed.expected !== identity) {
    for (const bridge of feed.bridges) doubtAll(bridge, isOther(feed, identity));
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
  for (const bridge of feed.bridges) forgetAll(bridge, connection, identity != null);
}

/**
 * Lets positions survive structural sharing, and what events keep current count as fresh; an app
 * may set its defaults at any time, and what it says holds.
 */
function setDefaults({ queryClient: client, core }: Bridge): void {
  const { queries, ...rest } = client.getDefaultOptions();
  const isShared = (queries?.structuralSharing ?? true) === true;
  client.setDefaultOptions({
    ...rest,
    queries: {
      ...queries,
      staleTime: queries?.staleTime ?? ((query) => (isCurrent(query) ? Infinity : 0)),
      ...(isShared && { structuralSharing: shareTagged(core) }),
    },
  });
}

function createBridge(core: QueryCore, client: QueryClient): Bridge {
  const parts: Omit<Bridge, keyof BridgeRef> = {
    core,
    queryClient: client,
    due: new Set(),
    unquiet: new Set(),
    channels: [],
    returns: new Map(),
    statusListeners: new Set(),
  };
  const bridge = parts as Bridge;
  if (process.env.NODE_ENV !== 'production' && hasOtherCopy('query', client, bridges))
    complain('R7', client, 'query');
  follow(bridge);
  return bridge;
}
