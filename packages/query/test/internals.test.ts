// What the bridge uses of TanStack Query that is not documented is there, in the oldest version and
// in the newest. When one is missing, src/internals.ts says what it is for.

import * as newest from '@tanstack/query-core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { FakeServer } from '../../client/test/fake-server';
import * as oldest from '../../react/compat/node_modules/@tanstack/query-core/build/modern/index.js';
import { createClient } from '@tidings/client';

import {
  bridgeOf,
  layersOf,
  pollerOf,
  type LayersCore,
  type PollerCore,
  syncTopic,
} from '../src/index';
import { isCurrent } from '../src/synced';
import type { AnyQuery } from '../src/contracts';
import { observersOf, pageOf, watchHydration } from '../src/internals';
import { FakeRest, KEY, sleep, TOPIC, type Item } from './fake-rest';

type TanStack = typeof newest;
const VERSIONS = [
  ['5.0', oldest as unknown as TanStack],
  ['the newest', newest],
] as const;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe.each(VERSIONS)('%s', (version, tanstack) => {
  const core = tanstack as unknown as LayersCore & PollerCore;
  const client = () => new tanstack.QueryClient({ defaultOptions: { queries: { retry: false } } });

  test('a query has what the bridge calls', () => {
    const query = client()
      .getQueryCache()
      .build(client(), { queryKey: KEY }) as unknown as AnyQuery;
    for (const method of [
      'fetch',
      'cancel',
      'invalidate',
      'setData',
      'setState',
      'isActive',
      'getObserversCount',
    ] as const) {
      expect(typeof query[method], method).toBe('function');
    }
    expect(observersOf(query)).toEqual([]);
  });

  test('a fetch says what page it adds, and what it is given', async () => {
    const queryClient = client();
    const pages: unknown[] = [];
    queryClient.getQueryCache().subscribe((event) => {
      if (event.type === 'updated' && event.action.type === 'fetch')
        pages.push(pageOf(event.action));
    });
    const observer = new tanstack.InfiniteQueryObserver(queryClient, {
      queryKey: KEY,
      queryFn: () => Promise.resolve(0),
      initialPageParam: 0,
      getNextPageParam: () => 1,
    });
    const stop = observer.subscribe(() => {});
    await vi.advanceTimersByTimeAsync(10);
    await observer.fetchNextPage();
    stop();
    expect(pages).toEqual([undefined, 'forward']);

    const given: boolean[] = [];
    const query = queryClient.getQueryCache().build(queryClient, {
      queryKey: ['given'],
    }) as unknown as AnyQuery;
    watchHydration(query, (isHydrated) => given.push(isHydrated));
    const initialPromise = Promise.resolve(1);
    await query.fetch(undefined, { initialPromise }).catch(() => {});
    await query.fetch({ queryKey: ['given'], queryFn: () => 2 }).catch(() => {});
    expect(given).toEqual([true, false]);
  });

  test('an onMutate is seen to begin and to end', async () => {
    const queryClient = client();
    queryClient.setQueryData(KEY, [{ id: 'a', v: 0 }]);
    const { add } = layersOf(core, queryClient);
    const observer = new tanstack.MutationObserver(queryClient, {
      mutationFn: () => sleep(100).then(() => Promise.reject(new Error('422'))),
      onMutate: () => void add(KEY, () => 'of the mutation'),
    });
    void observer.mutate().catch(() => {});
    await vi.advanceTimersByTimeAsync(10);
    add(KEY, (old) => `${old as string}, and by hand`);
    expect(queryClient.getQueryData(KEY)).toBe('of the mutation, and by hand');
    await vi.advanceTimersByTimeAsync(200);
    expect(queryClient.getQueryData(KEY)).toMatch(/^\[object Object\], and by hand$/);
  });

  test('dehydration leaves optimistic changes out', () => {
    const queryClient = client();
    queryClient.setQueryData(['plain'], 1);
    queryClient.setQueryData(['changed'], 2);
    const layers = layersOf(core, queryClient);
    layers.add(['changed'], () => 3);
    const dataOf = (options?: newest.DehydrateOptions) =>
      tanstack.dehydrate(queryClient, options).queries.map(({ state }) => state.data);
    // 5.0 has neither defaults nor serializeData: what has a change on top is left out as a whole.
    expect(dataOf(layers.dehydrateOptions())).toEqual(version === '5.0' ? [1] : [1, 2]);
    expect(dataOf()).toEqual(version === '5.0' ? [1, 3] : [1, 2]);
  });

  test('a bridge that is given this copy keeps its cache right, whichever else is installed', async () => {
    const server = new FakeServer();
    const rest = new FakeRest(server);
    rest.rows.set('a', { id: 'a', v: 0 });
    const queryClient = client();
    const connection = createClient({ url: 'wss://host/ws', WebSocket: server.WebSocket });
    const bridge = bridgeOf(core, queryClient, connection);
    const stopPolling = pollerOf(core, queryClient).poll(connection, KEY, 1000);
    connection.connect();
    const observer = new tanstack.QueryObserver<Item[]>(queryClient, {
      queryKey: KEY,
      queryFn: ({ signal }) => rest.get(signal),
    });
    const stop = observer.subscribe(() => {});
    const leave = syncTopic(bridge, connection, TOPIC, KEY, () => ({}));
    await vi.advanceTimersByTimeAsync(500);
    rest.put('a', 1);
    await vi.advanceTimersByTimeAsync(20);
    // What is called off is no failure, and stays owed.
    await queryClient.cancelQueries({ queryKey: KEY });
    await vi.advanceTimersByTimeAsync(200);
    expect(queryClient.getQueryData(KEY)).toEqual([{ id: 'a', v: 1 }]);
    expect(isCurrent(queryClient.getQueryCache().find({ queryKey: KEY })!)).toBe(true);
    leave();
    stop();
    stopPolling();
    connection.disconnect();
  });
});

test('the two are copies of their own', () => {
  expect(oldest.QueryClient).not.toBe(newest.QueryClient);
});
