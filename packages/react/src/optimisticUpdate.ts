import type { QueryClient, QueryKey } from '@tanstack/react-query';

import { layersOf, type OptimisticUpdate } from './layers';

/** What {@link optimisticUpdate} can be told. */
export interface OptimisticUpdateOptions {
  /**
   * The id that the request carries as its `Mutation-Id`, so that its echo ends the optimistic
   * state without a flicker. Made with `newMutationId()`.
   * @default a fresh one, on the returned function
   */
  mutationId?: string | undefined;
}

/**
 * Shows a change before the server has it. The change is a layer over the server's data: fetches
 * and other people's events go on beneath it, and rolling back removes this layer alone.
 *
 * The layer goes by itself once the server's data includes it. Inside the `onMutate` of a mutation
 * nothing more is needed: it ends with the mutation. To return the result in the context tells one
 * mutation from another whose `onMutate` runs at the same time. Elsewhere call `commit()` or roll
 * back.
 *
 * @param updater - Gets the query's data and returns it changed; `undefined` is no change.
 * Not called while there is none.
 * @returns (a promise of) the rollback, with `commit(position?)` and `mutationId`. The change shows
 * at once, before the promise is awaited.
 */
export function optimisticUpdate<TData>(
  queryClient: QueryClient,
  queryKey: QueryKey,
  updater: (old: TData) => TData | undefined,
  { mutationId }: OptimisticUpdateOptions = {},
): Promise<OptimisticUpdate> {
  const update = updater as (data: unknown) => unknown;
  return Promise.resolve(layersOf(queryClient).add(queryKey, update, mutationId));
}
