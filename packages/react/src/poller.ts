import { hashKey, onlineManager, type QueryClient, type QueryKey } from '@tanstack/react-query';
import type { TidingsClient } from '@tidings/client';

import { bridgeOf } from './bridge/bridge';
import type { Ledger } from './bridge/ledger';

/** A poll comes this much of its interval earlier or later, at most, so that clients spread. */
export const POLL_JITTER = 0.1;

interface Poll {
  queryKey: QueryKey;
  /** The intervals asked for, in milliseconds; the shortest counts. */
  intervals: Set<{ ms: number }>;
  timer?: ReturnType<typeof setTimeout> | undefined;
  /** Whether something may have been missed since the connection was last there. */
  isBehind: boolean;
  stop: () => void;
}

type Poller = ReturnType<typeof createPoller>;

/** One poller per QueryClient, beside its bridge: apps that do not poll load none. */
const pollers = new WeakMap<QueryClient, Poller>();

export function pollerOf(client: QueryClient): Poller {
  let poller = pollers.get(client);
  if (!poller) pollers.set(client, (poller = createPoller(bridgeOf(client).ledger)));
  return poller;
}

/** Polls queries while there is no connection: one poll per key, however many ask for it. */
function createPoller(ledger: Ledger) {
  const polls = new Map<string, Poll>();

  const mayPoll = () =>
    onlineManager.isOnline() && globalThis.document?.visibilityState !== 'hidden';

  function schedule(poll: Poll): void {
    const interval = Math.min(...Array.from(poll.intervals, ({ ms }) => ms));
    clearTimeout(poll.timer);
    const jitter = 1 + POLL_JITTER * (2 * Math.random() - 1);
    poll.timer = setTimeout(() => {
      schedule(poll);
      poll.isBehind = true;
      if (mayPoll()) ledger.markAll(poll.queryKey);
    }, interval * jitter);
  }

  function start(client: TidingsClient, queryKey: QueryKey): Poll {
    const poll: Poll = { queryKey, intervals: new Set(), isBehind: false, stop: () => {} };
    const follow = () => {
      const { state } = client.getStatus();
      if (state !== 'connected') {
        // At the first connection there is nothing yet to have missed.
        poll.isBehind ||= state !== 'connecting';
        if (poll.timer === undefined) schedule(poll);
        return;
      }
      clearTimeout(poll.timer);
      poll.timer = undefined;
      if (poll.isBehind) ledger.markAll(queryKey);
      poll.isBehind = false;
    };
    const unsubscribe = client.onStatus(follow);
    poll.stop = () => {
      unsubscribe();
      clearTimeout(poll.timer);
    };
    queueMicrotask(() => poll.intervals.size && follow());
    return poll;
  }

  /** Joins the poll of a key; returns the undo. */
  return function poll(client: TidingsClient, queryKey: QueryKey, intervalMs: number): () => void {
    const hash = hashKey(queryKey);
    const joined = polls.get(hash) ?? start(client, queryKey);
    polls.set(hash, joined);
    const mine = { ms: intervalMs };
    joined.intervals.add(mine);
    if (joined.timer !== undefined) schedule(joined);
    return () => {
      joined.intervals.delete(mine);
      if (joined.intervals.size) return;
      joined.stop();
      polls.delete(hash);
    };
  };
}
