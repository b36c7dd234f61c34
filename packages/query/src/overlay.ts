import { tick } from './accounts';
import type { Bridge, Overlay } from './contracts';
import type { Endings } from './endings';
import type { Stacks } from './stacks';
import { withPage } from './tags';
import { write } from './writes';

/** What this uses of TanStack Query. */
interface OverlayCore {
  readonly notifyManager: { batch<T>(run: () => T): T };
}

/** What happens to optimistic changes when something happens to the server's data. */
export function createOverlay(
  { notifyManager }: OverlayCore,
  { queryClient: client }: Bridge,
  stacks: Stacks,
  { dropIncluded, sink }: Endings,
): Overlay {
  const cache = client.getQueryCache();
  return {
    withPage: (query, before, direction) =>
      withPage(stacks.baseOf(query, before), query.state.data, direction === 'forward'),

    onLanded(query, base, upTo, isPage) {
      const stack = stacks.of(query);
      if (!stack) return write(query, base);
      stack.base = base;
      // What the app wrote is in the pages that stay.
      if (!isPage) for (const layer of stack.layers) layer.isAbsorbed = false;
      dropIncluded(query, stack, upTo);
      sink(query, stack);
      stacks.show(stack);
    },

    onForeign(query, fromServer) {
      const stack = stacks.of(query);
      if (!stack) return;
      stack.base = query.state.data;
      for (const layer of stack.layers) layer.isAbsorbed = !fromServer;
      if (fromServer) stacks.show(stack);
    },

    // What is between is shown to nobody.
    onBase: (queries, change) =>
      notifyManager.batch(() => {
        const based = queries.filter(stacks.of);
        for (const query of based) write(query, stacks.of(query)!.base);
        change();
        for (const query of based) {
          const stack = stacks.of(query);
          if (!stack) continue;
          stack.base = query.state.data;
          dropIncluded(query, stack);
          stacks.show(stack);
        }
      }),

    onEcho(mutationId, at, isOfTopic) {
      for (const stack of stacks.all()) {
        const query = cache.get(stack.hash);
        if (!query || !isOfTopic(query)) continue;
        for (const layer of stack.layers) {
          if (layer.mutationId !== mutationId) continue;
          layer.after ??= tick();
          if (at) layer.at.push(at);
        }
        dropIncluded(query, stack);
        stacks.show(stack);
      }
    },

    forget: stacks.forget,

    forgetAll() {
      for (const stack of stacks.all()) {
        for (const layer of stack.layers) stacks.remove(stack, layer);
        stacks.show(stack);
      }
    },
  };
}
