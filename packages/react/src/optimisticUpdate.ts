'use client';

import {
  dehydrate,
  notifyManager,
  type dataTagSymbol,
  type DehydrateOptions,
  type QueryClient,
  type QueryKey,
} from '@tanstack/react-query';
import { extendBridges, layersOf, type LayersCore, type OptimisticUpdate } from '@tidings/query';

import { core } from './core';

const layersCore: LayersCore = { ...core, dehydrate, notifyManager };

// From the first render on: whose a change is can be said only of mutations that were seen to begin.
extendBridges((client) => void layersOf(layersCore, client));

/** What {@link optimisticUpdate} can be told. */
export interface OptimisticUpdateOptions {
  /**
   * The id that the request carries as its `Mutation-Id`, so that its echo ends the optimistic
   * state without a flicker. Made with `newMutationId()`.
   * @default a fresh one, on the returned function
   */
  mutationId?: string | undefined;
}

/** A key that knows the type of its query's data, such as `queryOptions(…).queryKey`. */
export type TaggedKey<TData> = QueryKey & { [dataTagSymbol]: TData };

/**
 * Shows a change before the server has it. The change is a layer over the server's data: fetches
 * and other people's events go on beneath it, and rolling back removes this layer alone.
 *
 * The layer goes by itself once the server's data includes it. Inside the `onMutate` of a mutation
 * it ends with the mutation; where that waits for something first, return the result in its context.
 * Elsewhere it belongs to nobody: call `commit()` or roll back.
 *
 * @param updater - Gets the query's data and returns it changed; `undefined` is no change.
 * Not called while there is none.
 * @returns (a promise of) the rollback, with `commit(position?)` and `mutationId`. The change shows
 * at once, before the promise is awaited.
 */
export function optimisticUpdate<TData>(
  queryClient: QueryClient,
  queryKey: TaggedKey<TData>,
  updater: (old: NoInfer<TData>) => NoInfer<TData> | undefined,
  options?: OptimisticUpdateOptions,
): Promise<OptimisticUpdate>;
export function optimisticUpdate<TData>(
  queryClient: QueryClient,
  queryKey: QueryKey & { [dataTagSymbol]?: never },
  updater: (old: TData) => TData | undefined,
  options?: OptimisticUpdateOptions,
): Promise<OptimisticUpdate>;
export function optimisticUpdate(
  queryClient: QueryClient,
  queryKey: QueryKey,
  updater: (old: never) => unknown,
  { mutationId }: OptimisticUpdateOptions = {},
): Promise<OptimisticUpdate> {
  const update = updater as (data: unknown) => unknown;
  return Promise.resolve(layersOf(layersCore, queryClient).add(queryKey, update, mutationId));
}

/**
 * The options with which `dehydrate` leaves optimistic changes out. They become the QueryClient's
 * defaults by themselves; pass them where a call has a filter or a serializer of its own. The oldest
 * versions of TanStack Query 5 have no such defaults: pass them there, too. Nor have they a
 * `serializeData`: a query with a pending change is left out there as a whole.
 *
 * @param options - The app's own, which still hold.
 */
export function dehydrateOptions(
  queryClient: QueryClient,
  options: DehydrateOptions = {},
): DehydrateOptions {
  return layersOf(layersCore, queryClient).dehydrateOptions(options);
}
