import { notifyManager } from '@tanstack/react-query';
import type { Mutation, QueryClient, QueryKey } from '@tanstack/react-query';
import { covers, type TopicPosition } from '@tidings/client';

import { CONFIRM_WITHIN_MS, type AnyQuery, type Landing, type Ledger } from './ledger';

/** One optimistic change on its way to the server. */
interface Layer {
  mutationId: string;
  /** Whether the app sends the id, so that an echo can be expected. */
  isSent: boolean;
  update: (data: unknown) => unknown;
  /** Set once the server has accepted the change: data fetched after this mark includes it. */
  after?: number;
  /** Where the change is in its topics, as far as known. */
  at: TopicPosition[];
  /** The app wrote over what it showed; it applies again to the next data from the server. */
  isAbsorbed: boolean;
  timer?: ReturnType<typeof setTimeout>;
}

/** The server's data of one query, and what is shown on top of it. */
interface Stack {
  base: unknown;
  layers: Layer[];
}

/** What `optimisticUpdate` returns: call it to roll back. */
export interface OptimisticUpdate {
  /** Removes this change, and only this, from what is shown. */
  (): void;
  /**
   * The server accepted the change.
   *
   * @param position - Where the change is, e.g. from the response's `Tidings-Position`.
   */
  commit(position?: TopicPosition | readonly TopicPosition[] | null): void;
  /** To be sent as the request's `Mutation-Id`, by which the echo is recognised. */
  readonly mutationId: string;
}

export type Layers = ReturnType<typeof createLayers>;

/** What was shown → the server's data under it. */
const bases = new WeakMap<object, unknown>();

/** The server's data beneath optimistic changes: what to persist. */
export const baseOf = (data: unknown): unknown =>
  typeof data === 'object' && data !== null && bases.has(data) ? bases.get(data) : data;

/** Keeps base and layers per query. What is in the cache is the fold of the layers over the base. */
export function createLayers(
  client: QueryClient,
  ledger: Ledger,
  isSynced: (query: AnyQuery) => boolean,
) {
  const cache = client.getQueryCache();
  const stacks = new Map<string, Stack>();
  const byRollback = new WeakMap<object, OptimisticUpdate>();

  function fold({ base, layers }: Stack): unknown {
    return layers.reduce((data, { update, isAbsorbed }) => {
      if (isAbsorbed || data === undefined) return data;
      try {
        return update(data) ?? data;
      } catch (error) {
        console.error('[tidings] an optimistic updater threw; its change is not shown', error);
        return data;
      }
    }, base);
  }

  /** Shows the fold, and forgets a stack without layers. */
  function show(hash: string, stack: Stack): void {
    const query = cache.get(hash);
    if (!stack.layers.length) stacks.delete(hash);
    if (query === undefined || query.state.data === undefined) return;
    ledger.write(query, fold(stack));
    const shown: unknown = query.state.data;
    if (typeof shown !== 'object' || shown === null) return;
    if (stack.layers.length && shown !== stack.base) bases.set(shown, stack.base);
    else bases.delete(shown);
  }

  function rebase(stack: Stack, base: unknown, isAbsorbed: boolean): void {
    stack.base = base;
    for (const layer of stack.layers) layer.isAbsorbed = isAbsorbed;
  }

  function remove(stack: Stack, layer: Layer): void {
    clearTimeout(layer.timer);
    stack.layers = stack.layers.filter((other) => other !== layer);
  }

  /** Drops the layers whose change the base includes by now. */
  function dropIncluded(query: AnyQuery, stack: Stack, landing?: Landing): void {
    for (const layer of stack.layers) {
      if (layer.after === undefined) continue;
      const isPassed = layer.at.some((at) => covers(ledger.heldAt(query, at.topic), at));
      const isCovered = landing?.isWhole && landing.began >= layer.after;
      if (isPassed || isCovered) remove(stack, layer);
    }
  }

  /**
   * Nobody tells an unsynced query when the server has a change: once no fetch is under way that
   * could bring older data, an accepted change at the bottom is as good as the server's word.
   */
  function sink(query: AnyQuery, stack: Stack): void {
    if (isSynced(query) || query.state.fetchStatus !== 'idle') return;
    for (const layer of stack.layers) {
      if (layer.after === undefined) return;
      stack.base = fold({ ...stack, layers: [layer] });
      remove(stack, layer);
      // The data may have had it already, and newer things that it has now covered up.
      ledger.forgetPositions(query);
    }
  }

  function accepted(hash: string, stack: Stack, layer: Layer, at: readonly TopicPosition[]): void {
    if (!stack.layers.includes(layer)) return;
    layer.after ??= ledger.tick();
    layer.at.push(...at);
    const query = cache.get(hash);
    if (!query || (query.state.data === undefined && query.state.fetchStatus === 'idle')) {
      remove(stack, layer);
    } else {
      dropIncluded(query, stack);
      sink(query, stack);
      if (stack.layers.includes(layer)) awaitEcho(query, layer);
    }
    show(hash, stack);
  }

  /** The echo is under way, or will be; if it is not, a fetch brings the truth. */
  function awaitEcho(query: AnyQuery, layer: Layer): void {
    if (!isSynced(query)) return;
    if (!layer.isSent && !layer.at.length) return ledger.mark(query);
    clearTimeout(layer.timer);
    layer.timer = setTimeout(() => ledger.mark(query), CONFIRM_WITHIN_MS);
  }

  function rolledBack(hash: string, stack: Stack, layer: Layer): void {
    if (!stack.layers.includes(layer)) return;
    remove(stack, layer);
    const query = cache.get(hash);
    // What the app wrote over it cannot be taken apart again: ask the server.
    if (layer.isAbsorbed && query) ledger.mark(query);
    show(hash, stack);
  }

  function add(queryKey: QueryKey, update: Layer['update'], mutationId?: string): OptimisticUpdate {
    const hash = client.defaultQueryOptions({ queryKey }).queryHash;
    const layer: Layer = {
      mutationId: mutationId ?? newMutationId(),
      isSent: mutationId !== undefined,
      update,
      at: [],
      isAbsorbed: false,
    };
    const stack = stacks.get(hash) ?? {
      base: cache.get(hash)?.state.data,
      layers: [],
    };
    stacks.set(hash, stack);
    stack.layers.push(layer);
    show(hash, stack);

    const change: OptimisticUpdate = Object.assign(() => rolledBack(hash, stack, layer), {
      commit: (position?: TopicPosition | readonly TopicPosition[] | null) =>
        accepted(hash, stack, layer, position ? [position].flat() : []),
      mutationId: layer.mutationId,
    });
    byRollback.set(change, change);
    return change;
  }

  /** The optimistic changes that a mutation carries in its context. */
  function changesOf({ state }: Mutation<unknown, unknown, unknown>): OptimisticUpdate[] {
    const context: unknown = state.context;
    const values = typeof context === 'object' && context !== null ? Object.values(context) : [];
    return [context, ...(values as unknown[])].flatMap((value) =>
      typeof value === 'function' ? (byRollback.get(value) ?? []) : [],
    );
  }

  client.getMutationCache().subscribe((event) => {
    if (event.type !== 'updated') return;
    const mutation = event.mutation as Mutation<unknown, unknown, unknown>;
    if (event.action.type === 'success') for (const change of changesOf(mutation)) change.commit();
    if (event.action.type === 'error') for (const change of changesOf(mutation)) change();
  });

  return {
    add,

    /** A fetch brought data: it is the new base. */
    onLanded(query: AnyQuery, landing: Landing): void {
      const stack = stacks.get(query.queryHash);
      if (!stack) return;
      rebase(stack, query.state.data, false);
      dropIncluded(query, stack, landing);
      sink(query, stack);
      show(query.queryHash, stack);
    },

    /** Somebody else put data there. */
    onForeign(query: AnyQuery, fromServer: boolean): void {
      const stack = stacks.get(query.queryHash);
      if (!stack) return;
      rebase(stack, query.state.data, !fromServer);
      if (fromServer) show(query.queryHash, stack);
    },

    /** Lets something change the bases: what is shown meanwhile is these, then the folds again. */
    onBase(queries: readonly AnyQuery[], change: () => void): void {
      const based = queries.flatMap((query) => {
        const stack = stacks.get(query.queryHash);
        return stack && stack.base !== undefined ? [{ query, stack }] : [];
      });
      notifyManager.batch(() => {
        for (const { query, stack } of based) ledger.write(query, stack.base);
        change();
        for (const { query, stack } of based) {
          stack.base = query.state.data;
          dropIncluded(query, stack);
          show(query.queryHash, stack);
        }
      });
    },

    /** An event that one of our own mutations caused. */
    onEcho(
      mutationId: string,
      at: TopicPosition | undefined,
      isOfTopic: (query: AnyQuery) => boolean,
    ) {
      for (const [hash, stack] of stacks) {
        const query = cache.get(hash);
        if (!query || !isOfTopic(query)) continue;
        for (const layer of stack.layers) {
          if (layer.mutationId !== mutationId) continue;
          layer.after ??= ledger.tick();
          if (at) layer.at.push(at);
        }
        dropIncluded(query, stack);
        show(hash, stack);
      }
    },

    /** The query's data is gone, and what was on top of it. */
    forget(query: AnyQuery): void {
      stacks.get(query.queryHash)?.layers.forEach((layer) => clearTimeout(layer.timer));
      stacks.delete(query.queryHash);
    },

    forgetAll(): void {
      for (const [hash, stack] of stacks) {
        for (const layer of stack.layers) remove(stack, layer);
        show(hash, stack);
      }
    },
  };
}

/** A fresh id for a mutation: opaque and unguessable, 32 characters. */
export function newMutationId(): string {
  // Not randomUUID: it is missing where a page is not served over https.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
