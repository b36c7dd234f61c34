import { onlineManager, type QueryClient, type QueryKey } from '@tanstack/react-query';
import type { TidingsClient } from '@tidings/client';

import { bridgeOf } from './bridge/bridge';
import type { Ledger } from './bridge/ledger';

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

type Poller = ReturnType<typeof createPoller>;

/** One poller per QueryClient, beside its bridge: apps that do not poll load none. */
const pollers = new WeakMap<QueryClient, Poller>();

export function pollerOf(client: QueryClient): Poller {
  let poller = pollers.get(client);
  if (!poller) pollers.set(client, (poller = createPoller(client, bridgeOf(client).ledger)));
  return poller;
}

/** Whether somebody is there who hears nothing: not while nobody is logged in. */
function isCutOff({ connection }: Ask): boolean {
  const { state, error } = connection.getStatus();
  return state !== 'connected' && error?.code !== 'not_authenticated';
}

/** The shortest interval counts, of those who are cut off. */
const intervalOf = ({ asks }: Poll): number =>
  Math.min(...[...asks].filter(isCutOff).map(({ ms }) => ms));

/** Polls queries while there is no connection: one poll per key, however many ask for it. */
function createPoller(client: QueryClient, ledger: Ledger) {
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
      for (const ask of asks) if (isCutOff(ask)) missed.add(ask.connection);
      if (mayPoll()) ledger.markAll(queryKey);
    }, intervalMs * jitter);
  }

  /** Somebody comes, goes, is cut off or is back: what is due stays due, if the interval does. */
  function adjust(poll: Poll): void {
    const intervalMs = intervalOf(poll);
    if (intervalMs === poll.intervalMs) return;
    poll.intervalMs = intervalMs;
    schedule(poll);
  }

  function follow(poll: Poll, connection: TidingsClient): void {
    const { state } = connection.getStatus();
    adjust(poll);
    // At the first connection there is nothing yet to have missed.
    if (state === 'connecting') return;
    if (state !== 'connected') poll.missed.add(connection);
    else if (poll.missed.delete(connection)) ledger.markAll(poll.queryKey);
  }

  /** Joins the poll of a key; returns the undo. */
  return function poll(
    connection: TidingsClient,
    queryKey: QueryKey,
    intervalMs: number,
  ): () => void {
    const hash = client.defaultQueryOptions({ queryKey }).queryHash;
    const joined = polls.get(hash) ?? {
      queryKey,
      asks: new Set(),
      missed: new Set(),
      intervalMs: Infinity,
    };
    polls.set(hash, joined);
    const ask: Ask = { connection, ms: intervalMs };
    joined.asks.add(ask);
    const heed = () => follow(joined, connection);
    const unsubscribe = connection.onStatus(heed);
    // The provider connects after what is in it has mounted.
    queueMicrotask(heed);
    return () => {
      unsubscribe();
      joined.asks.delete(ask);
      adjust(joined);
      if (!joined.asks.size) polls.delete(hash);
    };
  };
}
