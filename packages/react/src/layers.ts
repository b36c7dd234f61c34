import type { Mutation, QueryClient, QueryKey } from '@tanstack/react-query';
import type { TopicPosition } from '@tidings/client';

import { bridgeOf, type Bridge, type Overlay } from './bridge/bridge';
import { CONFIRM_WITHIN_MS, type AnyQuery } from './bridge/ledger';
import { withPage } from './withPage';

/** One optimistic change on its way to the server. */
interface Layer {
  mutationId: string;
  /** Whether the app sends the id, so that an echo can be expected. */
  isSent: boolean;
  update: (data: unknown) => unknown;
  /**
   * Whose change it is: the mutation that carries it in its context, or, until one does, the last
   * one whose `onMutate` was under way. With it, it ends.
   */
  owner: Mutation | undefined;
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
interface Stack {
  /** The hash of the query, which need not be in the cache yet. */
  hash: string;
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

/** The optimistic changes to what a QueryClient holds. */
export interface Layers extends Overlay {
  /**
   * Tells, as long as nothing is awaited, the server's data beneath what has just been read from a
   * query.
   */
  bases(): (shown: unknown) => unknown;
  add(
    queryKey: QueryKey,
    update: (data: unknown) => unknown,
    mutationId?: string,
  ): OptimisticUpdate;
}

/** What was shown → the server's data under it. */
const bases = new WeakMap<object, unknown>();

/** The server's data beneath optimistic changes: what to persist. */
export const baseOf = (data: unknown): unknown =>
  bases.has(data as object) ? bases.get(data as object) : data;

/** The layers of each QueryClient that an app has made optimistic changes with. */
const layersByClient = new WeakMap<QueryClient, Layers>();

export function layersOf(client: QueryClient): Layers {
  const bridge = bridgeOf(client);
  let layers = layersByClient.get(client);
  if (!layers) {
    layersByClient.set(client, (bridge.overlay = layers = createLayers(client, bridge)));
  }
  dehydrateBases(client, layers);
  return layers;
}

/** The options that {@link dehydrateBases} has set. */
const extended = new WeakSet<object>();

/** Keeps optimistic changes out of dehydration; an app may set its defaults at any time. */
function dehydrateBases(client: QueryClient, layers: Layers): void {
  const { dehydrate = {}, ...rest } = client.getDefaultOptions();
  if (extended.has(dehydrate)) return;
  const { serializeData: serialize } = dehydrate;
  const ours: typeof dehydrate = {
    ...dehydrate,
    /** Every dehydration reads this as it begins. */
    get serializeData() {
      const baseOfRead = layers.bases();
      return (data: unknown): unknown => {
        const base = baseOfRead(data);
        return serialize ? serialize(base) : base;
      };
    },
  };
  extended.add(ours);
  client.setDefaultOptions({ ...rest, dehydrate: ours });
}

/** Tells, as long as nothing is awaited, which query's state was read last. */
function watchReads(queries: AnyQuery[]): () => AnyQuery | undefined {
  let last: AnyQuery | undefined;
  for (const query of queries) {
    let { state } = query;
    const get = () => ((last = query), state);
    const set = (next: typeof state) => (state = next);
    Object.defineProperty(query, 'state', { get, set });
    queueMicrotask(() => {
      Object.defineProperty(query, 'state', { value: query.state, writable: true });
      last = undefined;
    });
  }
  return () => last;
}

/** Keeps base and layers per query. What is in the cache is the fold of the layers over the base. */
function createLayers(client: QueryClient, { ledger, channels }: Bridge): Layers {
  const cache = client.getQueryCache();
  const mutations = client.getMutationCache();
  const stacks = new Map<string, Stack>();
  /** What `optimisticUpdate` returned, and the layer it ends. */
  const changes = new WeakMap<object, Layer>();

  /** Whether a mutation is in an `onMutate`, its own or that of all, as far as can be seen. */
  const isPreparing = ({ options, state }: Mutation) =>
    (options.onMutate ?? mutations.config.onMutate) &&
    state.status === 'pending' &&
    state.context === undefined;

  const stackOf = ({ queryHash }: AnyQuery) => stacks.get(queryHash);

  function serverDataOf(query: AnyQuery, shown: unknown): unknown {
    const stack = stackOf(query);
    return stack ? stack.base : shown;
  }

  function fold(base: unknown, layers: Layer[]): unknown {
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

  /** Shows the fold, and forgets a stack without layers. */
  function show(stack: Stack): void {
    const { hash, base, layers } = stack;
    const query = cache.get(hash);
    if (!layers.length) stacks.delete(hash);
    if (query?.state.data === undefined) return;
    ledger.write(query, fold(base, layers));
    const shown: unknown = query.state.data;
    if (layers.length && shown !== base && Object(shown) === shown)
      bases.set(shown as object, base);
    else bases.delete(shown as never);
  }

  function remove(stack: Stack, layer: Layer): void {
    clearTimeout(layer.timer);
    stack.layers = stack.layers.filter((other) => other !== layer);
  }

  /**
   * The echo is under way, or will be; if it is not, a fetch brings the truth. A query may begin to
   * be synced only after the server has accepted the change.
   */
  function awaitEcho(query: AnyQuery, layer: Layer): void {
    if (layer.isAwaited || !channels.isSynced(query)) return;
    layer.isAwaited = true;
    if (!layer.isSent && !layer.at.length) return ledger.mark(query);
    layer.timer = setTimeout(() => ledger.mark(query), CONFIRM_WITHIN_MS);
  }

  /** Drops the layers whose change the base includes by now: those accepted up to a mark, for one. */
  function dropIncluded(query: AnyQuery, stack: Stack, upTo = -1): void {
    for (const layer of stack.layers) {
      const { after, at } = layer;
      if (after === undefined) continue;
      if (after <= upTo || at.some((place) => ledger.includes(query, place))) remove(stack, layer);
      else awaitEcho(query, layer);
    }
  }

  /**
   * Nobody tells an unsynced query when the server has a change: once no fetch is under way that
   * could bring older data, an accepted change at the bottom is as good as the server's word.
   */
  function sink(query: AnyQuery, stack: Stack): void {
    if (channels.isSynced(query) || query.state.fetchStatus !== 'idle') return;
    for (const layer of stack.layers) {
      if (layer.after === undefined) return;
      stack.base = fold(stack.base, [layer]);
      remove(stack, layer);
      // The data may have had it already, and newer things that it has now covered up.
      ledger.doubt(query);
    }
  }

  function accept(stack: Stack, layer: Layer, at: readonly TopicPosition[]): void {
    if (!stack.layers.includes(layer)) return;
    layer.after ??= ledger.tick();
    layer.at.push(...at);
    const query = cache.get(stack.hash);
    if (!query || (query.state.data === undefined && query.state.fetchStatus === 'idle')) {
      remove(stack, layer);
    } else {
      dropIncluded(query, stack);
      sink(query, stack);
    }
    show(stack);
  }

  function rollBack(stack: Stack, layer: Layer): void {
    if (!stack.layers.includes(layer)) return;
    remove(stack, layer);
    const query = cache.get(stack.hash);
    // What the app wrote over it cannot be taken apart again: ask the server.
    if (layer.isAbsorbed && query) ledger.mark(query);
    show(stack);
  }

  function add(queryKey: QueryKey, update: Layer['update'], sentId?: string): OptimisticUpdate {
    const hash = client.defaultQueryOptions({ queryKey }).queryHash;
    const mutationId = sentId ?? newMutationId();
    const isSent = sentId !== undefined;
    const owner = mutations.getAll().filter(isPreparing).at(-1);
    const layer: Layer = { mutationId, isSent, update, owner, at: [] };
    const stack = stacks.get(hash) ?? { hash, base: cache.get(hash)?.state.data, layers: [] };
    stacks.set(hash, stack);
    stack.layers.push(layer);
    show(stack);

    const commit: OptimisticUpdate['commit'] = (position) =>
      accept(stack, layer, [position ?? []].flat());
    const change = Object.assign(() => rollBack(stack, layer), { commit, mutationId });
    changes.set(change, layer);
    return change;
  }

  /** A mutation has ended: so do its changes. */
  function settle(mutation: Mutation, isAccepted: boolean): void {
    for (const stack of stacks.values()) {
      for (const layer of stack.layers) {
        if (layer.owner !== mutation) continue;
        if (isAccepted) accept(stack, layer, []);
        else rollBack(stack, layer);
      }
    }
  }

  mutations.subscribe((event) => {
    if (event.type !== 'updated') return;
    const mutation = event.mutation as Mutation;
    const { type } = event.action;
    const context = mutation.state.context ?? {};
    for (const value of [context, ...(Object.values(context) as object[]).flat()]) {
      const layer = changes.get(value);
      if (layer) layer.owner = mutation;
    }
    if (type === 'success' || type === 'error') settle(mutation, type === 'success');
  });

  return {
    add,

    bases() {
      // What is shown may be a mere number, which does not tell whose it is.
      const lastRead = watchReads(stacks.size ? cache.getAll() : []);
      return (shown) => {
        const query = lastRead();
        return query ? serverDataOf(query, shown) : baseOf(shown);
      };
    },

    withPage: (query, before, direction) =>
      withPage(serverDataOf(query, before), query.state.data, direction === 'forward'),

    /** A fetch brought data: with it, this is the base. */
    onLanded(query, base, upTo, isPage) {
      const stack = stackOf(query);
      if (!stack) return ledger.write(query, base);
      stack.base = base;
      // What the app wrote is in the pages that stay.
      if (!isPage) for (const layer of stack.layers) layer.isAbsorbed = false;
      dropIncluded(query, stack, upTo);
      sink(query, stack);
      show(stack);
    },

    /** Somebody else put data there. */
    onForeign(query, fromServer) {
      const stack = stackOf(query);
      if (!stack) return;
      stack.base = query.state.data;
      for (const layer of stack.layers) layer.isAbsorbed = !fromServer;
      if (fromServer) show(stack);
    },

    /** Lets something change the bases: what is shown meanwhile is these, then the folds again. */
    onBase(queries, change) {
      const based = queries.filter(stackOf);
      for (const query of based) ledger.write(query, stackOf(query)!.base);
      change();
      for (const query of based) {
        const stack = stackOf(query);
        if (!stack) continue;
        stack.base = query.state.data;
        dropIncluded(query, stack);
        show(stack);
      }
    },

    /** An event that one of our own mutations caused. */
    onEcho(mutationId, at, isOfTopic) {
      for (const stack of stacks.values()) {
        const query = cache.get(stack.hash);
        if (!query || !isOfTopic(query)) continue;
        for (const layer of stack.layers) {
          if (layer.mutationId !== mutationId) continue;
          layer.after ??= ledger.tick();
          if (at) layer.at.push(at);
        }
        dropIncluded(query, stack);
        show(stack);
      }
    },

    /** The query's data is gone, and what was on top of it. */
    forget(query) {
      stackOf(query)?.layers.forEach((layer) => clearTimeout(layer.timer));
      stacks.delete(query.queryHash);
    },

    forgetAll() {
      for (const stack of stacks.values()) {
        for (const layer of stack.layers) remove(stack, layer);
        show(stack);
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
