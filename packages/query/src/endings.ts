import type { TopicPosition } from '@tidings/client';

import { doubt, includes, isIdle, tick } from './accounts';
import type { AnyQuery, Bridge } from './contracts';
import { CONFIRM_WITHIN_MS, mark } from './debts';
import { isSynced } from './synced';
import { fold, type Layer, type Stack, type Stacks } from './stacks';

/** How layers end. */
export interface Endings {
  /** The server accepted the change of a layer, at these places if they are known. */
  accept: (stack: Stack, layer: Layer, at: readonly TopicPosition[]) => void;
  /** The change is taken back. */
  rollBack: (stack: Stack, layer: Layer) => void;
  /** Drops the layers whose change the base includes by now: those accepted up to a mark, for one. */
  dropIncluded: (query: AnyQuery, stack: Stack, upTo?: number) => void;
  /**
   * Nobody tells an unsynced query when the server has a change: once no fetch is under way that
   * could bring older data, an accepted change at the bottom is as good as the server's word.
   */
  sink: (query: AnyQuery, stack: Stack) => void;
}

export function createEndings({ queryClient: client }: Bridge, stacks: Stacks): Endings {
  const cache = client.getQueryCache();

  /**
   * The echo is under way, or will be; if it is not, a fetch brings the truth. A query may begin to
   * be synced only after the server has accepted the change.
   */
  function awaitEcho(query: AnyQuery, layer: Layer): void {
    if (layer.isAwaited || !isSynced(query)) return;
    layer.isAwaited = true;
    if (!layer.isSent && !layer.at.length) return mark(query);
    layer.timer = setTimeout(() => mark(query), CONFIRM_WITHIN_MS);
  }

  const endings: Endings = {
    dropIncluded(query, stack, upTo = -1) {
      for (const layer of stack.layers) {
        const { after, at } = layer;
        if (after === undefined) continue;
        if (after <= upTo || at.some((place) => includes(query, place)))
          stacks.remove(stack, layer);
        else awaitEcho(query, layer);
      }
    },

    sink(query, stack) {
      if (isSynced(query) || !isIdle(query)) return;
      for (const layer of stack.layers) {
        if (layer.after === undefined) return;
        stack.base = fold(stack.base, [layer]);
        stacks.remove(stack, layer);
        // The data may have had it already, and newer things that it has now covered up.
        doubt(query);
      }
    },

    accept(stack, layer, at) {
      if (!stack.layers.includes(layer)) return;
      layer.after ??= tick();
      layer.at.push(...at);
      const query = cache.get(stack.hash);
      if (!query || (query.state.data === undefined && isIdle(query))) {
        stacks.remove(stack, layer);
      } else {
        endings.dropIncluded(query, stack);
        endings.sink(query, stack);
      }
      stacks.show(stack);
    },

    rollBack(stack, layer) {
      if (!stack.layers.includes(layer)) return;
      stacks.remove(stack, layer);
      const query = cache.get(stack.hash);
      // What the app wrote over it cannot be taken apart again: ask the server.
      if (layer.isAbsorbed && query) mark(query);
      stacks.show(stack);
    },
  };
  return endings;
}
