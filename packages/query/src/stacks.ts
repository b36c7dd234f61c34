import type { QueryClient } from '@tanstack/query-core';
import type { TopicPosition } from '@tidings/client';

import type { AnyMutation, AnyQuery } from './contracts';
import { write } from './writes';

/** One optimistic change on its way to the server. */
export interface Layer {
  mutationId: string;
  /** Whether the app sends the id, so that an echo can be expected. */
  isSent: boolean;
  update: (data: unknown) => unknown;
  /** The mutation that made it, with which it ends; nobody's ends when it is committed. */
  owner?: AnyMutation | undefined;
  /** Set once the server has accepted the change: data fetched after this mark includes it. */
  after?: number;
  /** Whether it is seen to that its echo, or a fetch, will come. */
  isAwaited?: boolean;
  /** Where the change is in its topics, as far as known. */
  at: TopicPosition[];
  /** The app wrote over what it showed; it applies again to the next data from the server. */
  isAbsorbed?: boolean;
  timer?: ReturnType<typeof setTimeout>;
}

/** The server's data of one query, and what is shown on top of it. */
export interface Stack {
  /** The hash of the query, which need not be in the cache yet. */
  hash: string;
  base: unknown;
  layers: Layer[];
}

/** Base and layers per query. What is in the cache is the fold of the layers over the base. */
export interface Stacks {
  /** Those with a layer. */
  all: () => Stack[];
  of: (query: AnyQuery) => Stack | undefined;
  /** The stack of a query's hash, made if there is none. */
  at: (hash: string) => Stack;
  /** Shows the fold, and forgets a stack without layers. */
  show: (stack: Stack) => void;
  remove: (stack: Stack, layer: Layer) => void;
  forget: (query: AnyQuery) => void;
  /** The server's data beneath what is shown. */
  baseOf: (query: AnyQuery, shown: unknown) => unknown;
}

/** What was shown → the server's data under it. */
const bases = new WeakMap<object, unknown>();

/** The server's data beneath optimistic changes: what to persist. */
export const baseOf = (data: unknown): unknown =>
  bases.has(data as object) ? bases.get(data as object) : data;

/** What layers make of a base. */
export function fold(base: unknown, layers: readonly Layer[]): unknown {
  return layers.reduce((data, { update, isAbsorbed }) => {
    if (isAbsorbed || data === undefined) return data;
    try {
      const updated = update(data);
      return updated === undefined ? data : updated;
    } catch (error) {
      console.error('[tidings] an optimistic updater threw; its change is not shown', error);
      return data;
    }
  }, base);
}

export function createStacks(client: QueryClient): Stacks {
  const cache = client.getQueryCache();
  const stacks = new Map<string, Stack>();
  const of = ({ queryHash }: AnyQuery) => stacks.get(queryHash);
  return {
    of,
    all: () => [...stacks.values()],
    at(hash) {
      const stack = stacks.get(hash) ?? { hash, base: cache.get(hash)?.state.data, layers: [] };
      stacks.set(hash, stack);
      return stack;
    },
    show(stack) {
      const { hash, base, layers } = stack;
      const query = cache.get(hash);
      if (!layers.length) stacks.delete(hash);
      if (query?.state.data === undefined) return;
      write(query, fold(base, layers));
      const shown: unknown = query.state.data;
      if (layers.length && shown !== base && Object(shown) === shown)
        bases.set(shown as object, base);
      else bases.delete(shown as never);
    },
    remove(stack, layer) {
      clearTimeout(layer.timer);
      stack.layers = stack.layers.filter((other) => other !== layer);
    },
    forget(query) {
      of(query)?.layers.forEach((layer) => clearTimeout(layer.timer));
      stacks.delete(query.queryHash);
    },
    baseOf(query, shown) {
      const stack = of(query);
      return stack ? stack.base : shown;
    },
  };
}
