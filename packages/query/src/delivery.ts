// Brings a topic's events to the hooks that sync with it.

import { guard, type TopicPosition, type WSEvent } from '@tidings/client';

import { advance, includes, isIdle, passOver } from './accounts';
import type { Bridge, Sync } from './contracts';
import { debounce } from './debounce';
import { find, markAll } from './debts';
import { afterFetches, onForeign } from './fetches';
import { matchesAny } from './synced';
import { watch, write } from './writes';

/** The event is owed to the queries of a hook: at once, or when the topic has been quiet. */
function owe(bridge: Bridge, sync: Sync, at?: TopicPosition): void {
  const { debounceMs } = sync.wishes();
  const pay = () => markAll(bridge, sync.queryKey, at);
  if (debounceMs && !sync.hasLeft) debounce(sync, pay, debounceMs);
  else pay();
}

/** Runs the app's handler, once per event, and trusts what it wrote as far as can be known. */
function apply(bridge: Bridge, sync: Sync, event: WSEvent, at: TopicPosition | undefined): void {
  const { overlay } = bridge;
  const { onEvent: handler } = sync.wishes();
  if (sync.hasLeft || !handler) return owe(bridge, sync, at);
  const queries = find(bridge, sync.queryKey);
  const change = () => {
    const before = new Map(queries.map((query) => [query, query.state.data]));
    let isTrusted = false;
    const written = watch(() => {
      isTrusted = guard('onEvent', () => handler(event, bridge.queryClient));
    });
    let isOwed = false;
    for (const query of find(bridge, sync.queryKey)) {
      const isWritten = written.delete(query);
      if (includes(query, at)) {
        // The data had the event already: the handler was told, its writing would repeat it.
        if (isWritten) write(query, before.get(query));
        continue;
      }
      // A fetch that began while the event waited, or is paused, would overwrite what was written.
      const isSafe = isTrusted && isWritten && isIdle(query);
      if (!(isSafe && at && advance(query, at))) isOwed = true;
    }
    if (isOwed) owe(bridge, sync, at);
    // What it wrote elsewhere is nobody's promise.
    for (const query of written) onForeign(query, false);
  };
  if (overlay) overlay.onBase(queries, change);
  else change();
}

/** @param at - Where the event is in its topic, if that is known. */
export function deliver(
  bridge: Bridge,
  syncs: readonly Sync[],
  event: WSEvent,
  at: TopicPosition | undefined,
): void {
  const wanting = syncs.filter((each) => each.wishes().events?.includes(event.event) ?? true);
  for (const each of syncs) {
    if (!at || wanting.includes(each)) continue;
    // What each hook of a query filters out is none of its data's business.
    for (const query of find(bridge, each.queryKey))
      if (!matchesAny(bridge, wanting, query)) passOver(query, at);
  }
  for (const each of wanting) {
    const pay = () => owe(bridge, each, at);
    // During a fetch its result would overwrite what the handler does: it waits for that.
    if (each.wishes().onEvent)
      afterFetches(bridge, each.queryKey, () => apply(bridge, each, event, at), pay);
    else pay();
  }
}
