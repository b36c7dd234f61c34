import type { QueryKey } from '@tanstack/query-core';
import type { TopicPosition, WSEvent } from '@tidings/client';

import { isIdle } from './accounts';
import type { AnyQuery, Bridge, SyncWishes } from './contracts';
import type { Debounce } from './debounce';

/** One hook: a topic keeps the queries under a key right. */
export interface Sync {
  queryKey: QueryKey;
  wishes: () => SyncWishes;
  debounce: Debounce;
  isAnswered?: boolean;
  hasLeft?: boolean;
  /** In development, when it is looked whether there is anything to keep right. */
  lookTimer?: ReturnType<typeof setTimeout>;
}

/** Brings a topic's events to the hooks that sync with it. */
export interface Delivery {
  /** @param at - Where the event is in its topic, if that is known. */
  deliver: (syncs: readonly Sync[], event: WSEvent, at: TopicPosition | undefined) => void;
}

/** Runs what the app has given; false when it threw. */
export function attempt(what: string, run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    console.error(`[tidings] ${what} threw`, error);
    return false;
  }
}

export const matchesAny = ({ core }: Bridge, syncs: Iterable<Sync>, query: AnyQuery): boolean =>
  [...syncs].some(({ queryKey }) => core.matchQuery({ queryKey }, query));

export function createDelivery(bridge: Bridge): Delivery {
  const { client, core, ledger } = bridge;

  /** An event that every hook of a query filters out is none of its data's business. */
  function passOver({ queryKey }: Sync, wanting: Sync[], at: TopicPosition): void {
    for (const query of ledger.find(queryKey)) {
      if (!matchesAny(bridge, wanting, query)) ledger.passOver(query, at);
    }
  }

  /** The event is owed to the queries of a hook: at once, or when the topic has been quiet. */
  function owe({ queryKey, wishes, debounce, hasLeft }: Sync, at?: TopicPosition): void {
    const { debounceMs } = wishes();
    const pay = () => ledger.markAll(queryKey, at);
    if (debounceMs && !hasLeft) debounce.call(pay, debounceMs);
    else pay();
  }

  /** Runs the app's handler, once per event, and trusts what it wrote as far as can be known. */
  function apply(sync: Sync, event: WSEvent, at: TopicPosition | undefined): void {
    const { onEvent: handler } = sync.wishes();
    if (sync.hasLeft || !handler) return owe(sync, at);
    const queries = ledger.find(sync.queryKey);
    const change = () => {
      const before = new Map(queries.map((query) => [query, query.state.data]));
      let isTrusted = false;
      const written = ledger.watch(() => {
        isTrusted = attempt('onEvent', () => handler(event, client));
      });
      let isOwed = false;
      for (const query of ledger.find(sync.queryKey)) {
        const isWritten = written.delete(query);
        if (ledger.includes(query, at)) {
          // The data had the event already: the handler was told, its writing would repeat it.
          if (isWritten) ledger.write(query, before.get(query));
          continue;
        }
        // A fetch that began while the event waited, or is paused, would overwrite what was written.
        const isSafe = isTrusted && isWritten && isIdle(query);
        if (!(isSafe && at && ledger.advance(query, at))) isOwed = true;
      }
      if (isOwed) owe(sync, at);
      // What it wrote elsewhere is nobody's promise.
      for (const query of written) ledger.distrust(query);
    };
    const { overlay } = bridge;
    core.notifyManager.batch(() => (overlay ? overlay.onBase(queries, change) : change()));
  }

  function deliverTo(sync: Sync, event: WSEvent, at: TopicPosition | undefined): void {
    if (!sync.wishes().onEvent) return owe(sync, at);
    // During a fetch its result would overwrite what the handler does: it waits for that.
    ledger.afterFetches(
      sync.queryKey,
      () => apply(sync, event, at),
      () => owe(sync, at),
    );
  }

  return {
    deliver(syncs, event, at) {
      const wanting = syncs.filter((each) => each.wishes().events?.includes(event.event) ?? true);
      for (const each of syncs) if (at && !wanting.includes(each)) passOver(each, wanting, at);
      for (const each of wanting) deliverTo(each, event, at);
    },
  };
}
