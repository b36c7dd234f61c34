import type { DehydrateOptions, DehydratedState, QueryClient } from '@tanstack/query-core';

import type { AnyQuery } from './contracts';
import { baseOf, type Stacks } from './stacks';

/** TanStack Query's `dehydrate`, from the copy that the QueryClient is of. */
export type Dehydrate = (client: QueryClient, options?: DehydrateOptions) => DehydratedState;

/** The options that {@link keepOut} has set. */
const ours = new WeakSet<object>();

/** Whether this version of TanStack Query has `serializeData`; 5.0 has not. */
function hasSerializeData(client: QueryClient, dehydrate: Dehydrate): boolean {
  const probe = new (client.constructor as typeof QueryClient)();
  probe.setQueryData(['probe'], false);
  const { queries } = dehydrate(probe, { serializeData: () => true });
  probe.clear();
  return queries[0]?.state.data === true;
}

/** Makes the options with which a QueryClient is dehydrated without its optimistic changes. */
export function createDehydrateOptions(
  client: QueryClient,
  dehydrate: Dehydrate,
  stacks: Stacks,
): (options?: DehydrateOptions) => DehydrateOptions {
  let canSerialize: boolean | undefined;
  /** The query whose data is asked for next: a dehydration filters and reads one by one. */
  let chosen: AnyQuery | undefined;

  /** The base of data that was chosen by a filter of the app's: what is no object may be anybody's. */
  function baseOfAny(data: unknown): unknown {
    const shows = client
      .getQueryCache()
      .getAll()
      .filter(({ state }) => state.data === data);
    return shows.length === 1 ? stacks.baseOf(shows[0] as AnyQuery, data) : data;
  }

  return (options = {}) => {
    const isWanted = options.shouldDehydrateQuery ?? (({ state }) => state.status === 'success');
    const serialize = options.serializeData ?? ((data: unknown) => data as never);
    return {
      ...options,
      shouldDehydrateQuery(query) {
        chosen = query;
        // Nothing that is read later is this query's.
        queueMicrotask(() => (chosen = undefined));
        if (!isWanted(query)) return false;
        canSerialize ??= hasSerializeData(client, dehydrate);
        return canSerialize || !stacks.of(chosen);
      },
      serializeData(data: unknown) {
        const query = chosen;
        chosen = undefined;
        if (query && query.state.data === data)
          return serialize(stacks.baseOf(query, data)) as never;
        return serialize(Object(data) === data ? baseOf(data) : baseOfAny(data)) as never;
      },
    };
  };
}

/** Keeps optimistic changes out of dehydration; an app may set its defaults at any time. */
export function keepOut(
  client: QueryClient,
  extend: (options?: DehydrateOptions) => DehydrateOptions,
): void {
  const { dehydrate, ...rest } = client.getDefaultOptions();
  if (dehydrate && ours.has(dehydrate)) return;
  const extended = extend(dehydrate);
  ours.add(extended);
  client.setDefaultOptions({ ...rest, dehydrate: extended });
}
