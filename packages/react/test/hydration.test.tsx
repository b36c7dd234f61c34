// Data that somebody else has read: a server's, in its stream; another tab's; a storage's.

import {
  dehydrate,
  hydrate,
  QueryClient,
  QueryClientProvider,
  type QueryPersister,
} from '@tanstack/react-query';
import { act, render } from '@testing-library/react';
import { expect, test, vi } from 'vitest';

import { WebSocketProvider } from '../src/index';
import { Board, fakeTime, FakeRest, KEY, mount, pass, setUp, text, TOPIC } from './harness';

fakeTime();

/** What a server sends that does not wait for its own read, which takes a while. */
async function streamed(rest: FakeRest, { aheadMs = 0 } = {}) {
  const atServer = new FakeRest(rest.server);
  atServer.rows.set('a', { id: 'a', v: 0 });
  atServer.upMs = 1;
  atServer.downMs = 300;
  const queryClient = new QueryClient({
    defaultOptions: { dehydrate: { shouldDehydrateQuery: () => true } },
  });
  void queryClient.prefetchQuery({ queryKey: KEY, queryFn: () => atServer.get() });
  await pass(0);
  const state = dehydrate(queryClient);
  for (const query of state.queries) query.dehydratedAt += aheadMs;
  await pass(20); // it has read
  return state;
}

test('a promise that lands in a query which is there covers no event (a clock ahead)', async () => {
  const world = setUp();
  const { rest, queryClient, cached } = world;
  mount(world, <Board rest={rest} />);
  await pass(300);
  const state = await streamed(rest, { aheadMs: 2000 });
  rest.put('a', 1);
  await pass(100);
  expect(text(cached())).toBe('a1');
  act(() => hydrate(queryClient, state));
  await pass(5000);
  expect(text(cached())).toBe('a1');
});

// Guarantees: L2
test('a promise that lands in a query which is owed does not settle it', async () => {
  const world = setUp();
  const { rest, queryClient, cached } = world;
  mount(world, <Board rest={rest} />);
  await pass(300);
  const state = await streamed(rest);
  vi.mocked(Math.random).mockReturnValue(0.9);
  rest.failing = true;
  rest.put('a', 1);
  await pass(100); // it has failed, and is tried again within a second
  rest.failing = false;
  act(() => hydrate(queryClient, state));
  await pass(60_000);
  expect(text(cached())).toBe('a1');
});

// Guarantees: L2
test('tabs that tell each other what they have fetched come to rest', async () => {
  const world = setUp();
  const { rest, server, queryClient } = world;
  const other = new QueryClient({ defaultOptions: queryClient.getDefaultOptions() });
  const tabs = [queryClient, other];
  // As TanStack's broadcastQueryClient does it.
  let isTold = false;
  for (const [i, from] of tabs.entries()) {
    const to = tabs[1 - i]!;
    from.getQueryCache().subscribe((event) => {
      if (event.type !== 'updated' || event.action.type !== 'success' || isTold) return;
      const { queryHash, state } = event.query;
      const told = structuredClone(state);
      setTimeout(() => {
        isTold = true;
        to.getQueryCache().get(queryHash)?.setState(told);
        isTold = false;
      }, 1);
    });
  }
  mount(world, <Board rest={rest} />);
  render(
    <QueryClientProvider client={other}>
      <WebSocketProvider options={{ url: 'wss://host/ws', WebSocket: server.WebSocket }}>
        <Board rest={rest} />
      </WebSocketProvider>
    </QueryClientProvider>,
  );
  await pass(3000);
  rest.put('a', 1);
  await pass(3000);
  const before = rest.requests;
  await pass(10_000);
  expect(rest.requests).toBe(before);
  for (const tab of tabs) expect(text(tab.getQueryData(KEY))).toBe('a1');
});

/** As TanStack's createPersister does it: from the storage first, when there is no data. */
function createPersister() {
  const storage = new Map<string, unknown>();
  const persister: QueryPersister = async (queryFn, context, query) => {
    const isFirst = query.state.data === undefined;
    if (isFirst && storage.has(query.queryHash)) return storage.get(query.queryHash);
    const data = await queryFn(context);
    storage.set(query.queryHash, data);
    return data;
  };
  return persister;
}

// Guarantees: S8
test.each([0, Infinity])(
  'what was taken away does not come back from a storage (stale after %d ms)',
  async (staleTime) => {
    const world = setUp({ queries: { persister: createPersister(), staleTime } });
    const { rest, server } = world;
    const view = mount(world, <Board rest={rest} />);
    await pass(500);
    expect(view.container.textContent).toBe('a0');
    rest.failing = true;
    server.revoke(TOPIC);
    await pass(10_000);
    expect(view.container.textContent).toBe('loading');
    // Nor when somebody asks again.
    act(() => void world.queryClient.refetchQueries({ queryKey: KEY }));
    await pass(10_000);
    expect(view.container.textContent).toBe('loading');
    rest.failing = false;
    act(() => void world.queryClient.refetchQueries({ queryKey: KEY }));
    await pass(1000);
    expect(view.container.textContent).toBe('a0');
  },
);

test("nor what a storage has of another user's", async () => {
  const world = setUp({ queries: { persister: createPersister() } });
  const { rest, server } = world;
  const view = mount(world, null);
  view.show(<Board rest={rest} />, { identity: 'anna' });
  await pass(500);
  expect(view.container.textContent).toBe('a0');
  rest.failing = true;
  server.forbidden.add(TOPIC);
  view.show(<Board rest={rest} />, { identity: 'ben' });
  await pass(10_000);
  expect(view.container.textContent).toBe('loading');
});
