import type { DehydrateOptions, QueryClient, QueryKey } from '@tanstack/query-core';
import type { TopicPosition } from '@tidings/client';

import { workingsOf } from './bridge';
import type { QueryCore } from './contracts';
import { createDehydrateOptions, keepOut, type Dehydrate } from './dehydration';
import { createEndings } from './endings';
import { createOverlay } from './overlay';
import { createOwners } from './owners';
import { createStacks, type Layer } from './stacks';

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
export interface Layers {
  /** Shows a change on top of the server's data. */
  add: (
    queryKey: QueryKey,
    update: (data: unknown) => unknown,
    mutationId?: string,
  ) => OptimisticUpdate;
  /** Options with which a QueryClient is dehydrated without what is shown on top. */
  dehydrateOptions: (options?: DehydrateOptions) => DehydrateOptions;
}

/** What optimistic changes use of TanStack Query, besides the bridge. */
export interface LayersCore extends QueryCore {
  readonly notifyManager: { batch<T>(run: () => T): T };
  readonly dehydrate: Dehydrate;
}

/** The layers of each QueryClient that an app has made optimistic changes with. */
const layersByClient = new WeakMap<QueryClient, Layers>();

/** The optimistic changes to a QueryClient's data; an app that makes none loads none of this. */
export function layersOf(core: LayersCore, client: QueryClient): Layers {
  workingsOf(core, client);
  let layers = layersByClient.get(client);
  if (!layers) layersByClient.set(client, (layers = createLayers(core, client)));
  keepOut(client, layers.dehydrateOptions);
  return layers;
}

function createLayers(core: LayersCore, client: QueryClient): Layers {
  const bridge = workingsOf(core, client);
  const stacks = createStacks(client);
  const endings = createEndings(bridge, stacks);
  bridge.overlay = createOverlay(core, bridge, stacks, endings);

  const owners = createOwners(client, (mutation, isAccepted) => {
    for (const stack of stacks.all()) {
      for (const layer of stack.layers) {
        if (layer.owner !== mutation) continue;
        if (isAccepted) endings.accept(stack, layer, []);
        else endings.rollBack(stack, layer);
      }
    }
  });

  return {
    add(queryKey, update, sentId) {
      const mutationId = sentId ?? newMutationId();
      const layer: Layer = { mutationId, isSent: sentId !== undefined, update, at: [] };
      const stack = stacks.at(client.defaultQueryOptions({ queryKey }).queryHash);
      stack.layers.push(layer);
      stacks.show(stack);
      const commit: OptimisticUpdate['commit'] = (position) =>
        endings.accept(stack, layer, [position ?? []].flat());
      const rollBack = () => endings.rollBack(stack, layer);
      const change = Object.assign(rollBack, { commit, mutationId });
      owners.register(change, layer);
      return change;
    },

    dehydrateOptions: createDehydrateOptions(client, core.dehydrate, stacks),
  };
}

/** A fresh id for a mutation: opaque and unguessable, 32 characters. */
export function newMutationId(): string {
  const bytes = new Uint8Array(16);
  // Not randomUUID: it is missing where a page is not served over https. React Native has neither.
  if (hasCrypto()) crypto.getRandomValues(bytes);
  else bytes.forEach((_, i) => (bytes[i] = Math.random() * 256));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const hasCrypto = () => typeof crypto === 'object';
