// The only file that touches what TanStack Query does not document: methods of its Query and
// Mutation objects, and fields of what its caches report. Tried with 5.0.0 and 5.108.0;
// test/internals.test.ts fails when a version lacks one of them.
//
// Documented, and used elsewhere: QueryClient, QueryCache (find, findAll, getAll, subscribe),
// MutationCache (getAll, subscribe), a query's `state`, `queryKey` and `queryHash`, notifyManager,
// matchQuery, hashKey, dehydrate, and the default options.

import type { MutationCache } from '@tanstack/query-core';

import type { AnyMutation, AnyQuery, PageDirection, QueryAction } from './contracts';

export type AnyObserver = AnyQuery['observers'][number];

/** What a query without data is like, whatever it began with. */
const NO_DATA = {
  data: undefined,
  dataUpdatedAt: 0,
  error: null,
  isInvalidated: false,
  status: 'pending',
} as const;

/**
 * `query.fetch`: `refetchQueries` would run in a batch of its own, and cancel or skip by its own
 * rules. If it changes, owed queries stay owed and tests of every kind fail.
 */
export const fetchQuery = (query: AnyQuery, options?: AnyQuery['options']): void =>
  void query.fetch(options, { cancelRefetch: false }).catch(() => {});

/** The same past an app's storage, which may have what was taken away. */
export const fetchFromServer = (query: AnyQuery): void =>
  fetchQuery(query, { ...query.options, persister: undefined as never });

/**
 * `query.cancel` with `silent`, and `setState`: calls off a fetch as if it had not been asked for.
 * `cancelQueries` would make it an error, or put old data back.
 */
export function abandonFetch(query: AnyQuery): void {
  void query.cancel({ silent: true });
  query.setState({ fetchStatus: 'idle' });
}

/** `query.invalidate`: `invalidateQueries` would fetch as well. */
export const invalidate = (query: AnyQuery): void => query.invalidate();

/**
 * `query.setData` with `manual`: `setQueryData` would take the data for new, and clear an error or
 * a mark of staleness that still holds.
 */
export function replaceData(query: AnyQuery, data: unknown): void {
  const { isInvalidated, error, status, dataUpdatedAt } = query.state;
  query.setData(data, { manual: true, updatedAt: dataUpdatedAt });
  if (isInvalidated || error) query.setState({ isInvalidated, error, status });
}

/** `query.setState` and `resetState`: `resetQueries` would put initial data back, and fetch. */
export function clearData(query: AnyQuery): void {
  abandonFetch(query);
  query.setState({ ...query.resetState, ...NO_DATA });
}

/** `query.isActive`: whether somebody looks who wants it to be fetched. */
export const isActive = (query: AnyQuery): boolean => query.isActive();

/** `query.getObserversCount`: whether somebody looks. */
export const isWatched = (query: AnyQuery): boolean => query.getObserversCount() > 0;

/** `query.isStatic`, since 5.80: the app wants it never to be fetched again. */
export const isStatic = (query: AnyQuery): boolean => !!(query as Partial<AnyQuery>).isStatic?.();

/** `action.meta.fetchMore`: where a fetch adds a page; without it, a page would count as all. */
export const pageOf = (action: QueryAction): PageDirection | undefined =>
  (action as { meta?: { fetchMore?: { direction: PageDirection } } }).meta?.fetchMore?.direction;

/** `action.manual`: whether data was written, not fetched. */
export const isWriting = (action: QueryAction): boolean =>
  !!(action as { manual?: boolean }).manual;

/** `query.options.persister`: a fetch reads from its storage first when there is no data. */
export const hasPersister = (query: AnyQuery): boolean => !!query.options.persister;

/**
 * `query.fetch` again, wrapped: a hydration hands it a promise of what somebody else has read, and
 * no notice tells that from a fetch of its own. If it changes, such data counts as just fetched.
 */
export function watchHydration(query: AnyQuery, onFetch: (isHydrated: boolean) => void): void {
  const fetch = query.fetch.bind(query);
  query.fetch = (options, how) => {
    onFetch(!!how?.initialPromise);
    return fetch(options, how);
  };
}

/** `query.observers`, private in 5.0: notices say who comes and goes later. */
export const observersOf = (query: AnyQuery): readonly AnyObserver[] =>
  (query as Partial<AnyQuery>).observers ?? [];

/** `observer.setOptions` with its own: an observer of a removed query finds its successor. */
export const repoint = (observer: AnyObserver): void => observer.setOptions(observer.options);

/**
 * `mutation.options` and `mutationCache.config`, replaced: nothing says when an `onMutate` begins
 * and ends, and a change belongs to the mutation whose `onMutate` makes it. If it changes, a change
 * belongs to a mutation only when its context says so.
 *
 * @param run - Runs an `onMutate` of a mutation.
 */
export function watchOnMutate(
  cache: MutationCache,
  run: (mutation: AnyMutation, onMutate: () => unknown) => unknown,
): (mutation: AnyMutation) => void {
  const { onMutate } = cache.config;
  if (onMutate) {
    cache.config = {
      ...cache.config,
      onMutate: (...args) => run(args[1] as AnyMutation, () => onMutate(...args)),
    };
  }
  /** To be called when a mutation is pending, which is before its `onMutate` is called. */
  return (mutation) => {
    const { options } = mutation;
    if (!options.onMutate || wrapped.has(options)) return;
    const own = options.onMutate as (...args: unknown[]) => unknown;
    const watched = (...args: unknown[]) => run(mutation, () => own(...args));
    mutation.options = { ...options, onMutate: watched };
    wrapped.add(mutation.options);
  };
}

const wrapped = new WeakSet<object>();
