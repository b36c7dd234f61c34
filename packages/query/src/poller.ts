import type { QueryClient, QueryKey } from '@tanstack/query-core';
import type { TidingsClient } from '@tidings/client';

import { workingsOf } from './bridge';
import { onTopicStatus } from './channels';
import type { Bridge, QueryCore } from './contracts';
import { find, markAll } from './debts';
import { channelsOf } from './synced';

/** How often to poll while there is no connection, in milliseconds. */
export const DEFAULT_POLL_INTERVAL_MS = 10_000;

/** A poll comes this much of its interval earlier or later, at most, so that clients spread. */
export const POLL_JITTER = 0.1;

/** One component that asks for a poll. */
interface Ask {
  connection: TidingsClient;
  /** How often, in milliseconds. */
  ms: number;
}

interface Poll {
  queryKey: QueryKey;
  asks: Set<Ask>;
  /** The connections that something may have been missed of since they were last there. */
  missed: Set<TidingsClient>;
  /** How often it is polled now, in milliseconds; Infinity while it is not. */
  intervalMs: number;
  timer?: ReturnType<typeof setTimeout>;
}

/** Polls queries while no events come for them: one poll per key, however many ask for it. */
export interface Poller {
  /** Joins the poll of a key; returns the undo. */
  poll: (connection: TidingsClient, queryKey: QueryKey, intervalMs: number) => () => void;
}

/** What the poller uses of TanStack Query, besides the bridge. */
export interface PollerCore extends QueryCore {
  readonly onlineManager: { isOnline(): boolean };
}

/** One poller per QueryClient, beside its bridge: apps that do not poll load none. */
const pollers = new WeakMap<QueryClient, Poller>();

export function pollerOf(core: PollerCore, client: QueryClient): Poller {
  let poller = pollers.get(client);
  if (!poller) pollers.set(client, (poller = createPoller(core, workingsOf(core, client))));
  return poller;
}

/** Whether a connection was refused a topic that would keep queries under a key right. */
const isRefused = (bridge: Bridge, connection: TidingsClient, queryKey: QueryKey) =>
  find(bridge, queryKey)
    .flatMap(channelsOf)
    .some((each) => each.connection === connection && each.refusal);

/** Whether somebody is there who hears nothing: not while nobody is logged in. */
function isCutOff(bridge: Bridge, { connection }: Ask, queryKey: QueryKey): boolean {
  const { state, error } = connection.getStatus();
  if (state === 'connected') return isRefused(bridge, connection, queryKey);
  return error?.code !== 'not_authenticated';
}

function createPoller({ onlineManager }: PollerCore, bridge: Bridge): Poller {
  const { queryClient: client } = bridge;
  const polls = new Map<string, Poll>();

  const mayPoll = () =>
    onlineManager.isOnline() && globalThis.document?.visibilityState !== 'hidden';

  function schedule(poll: Poll): void {
    const { queryKey, asks, missed, intervalMs } = poll;
    clearTimeout(poll.timer);
    if (intervalMs === Infinity) return;
    const jitter = 1 + POLL_JITTER * (2 * Math.random() - 1);
    poll.timer = setTimeout(() => {
      schedule(poll);
      for (const ask of asks) if (isCutOff(bridge, ask, queryKey)) missed.add(ask.connection);
      if (mayPoll()) markAll(bridge, queryKey);
    }, intervalMs * jitter);
  }

  /** Somebody comes, goes, is cut off or is back: what is due stays due, if the interval does. */
  function adjust(poll: Poll): void {
    const cutOff = [...poll.asks].filter((ask) => isCutOff(bridge, ask, poll.queryKey));
    // The shortest interval counts.
    const intervalMs = Math.min(...cutOff.map(({ ms }) => ms));
    if (intervalMs === poll.intervalMs) return;
    poll.intervalMs = intervalMs;
    schedule(poll);
  }

  function follow(poll: Poll, ask: Ask): void {
    const { connection } = ask;
    adjust(poll);
    // At the first connection there is nothing yet to have missed.
    if (connection.getStatus().state === 'connecting') return;
    if (isAway(poll, ask)) poll.missed.add(connection);
    else if (poll.missed.delete(connection)) markAll(bridge, poll.queryKey);
  }

  const isAway = ({ queryKey }: Poll, { connection }: Ask) =>
    connection.getStatus().state !== 'connected' || isRefused(bridge, connection, queryKey);

  return {
    poll(connection, queryKey, ms) {
      const hash = client.defaultQueryOptions({ queryKey }).queryHash;
      const joined = polls.get(hash) ?? {
        queryKey,
        asks: new Set(),
        missed: new Set(),
        intervalMs: Infinity,
      };
      polls.set(hash, joined);
      const ask: Ask = { connection, ms };
      joined.asks.add(ask);
      const heed = () => follow(joined, ask);
      const undos = [connection.onStatus(heed), onTopicStatus(bridge, heed)];
      // The provider connects after what is in it has mounted.
      queueMicrotask(heed);
      return () => {
        for (const undo of undos) undo();
        joined.asks.delete(ask);
        adjust(joined);
        if (!joined.asks.size) polls.delete(hash);
      };
    },
  };
}
