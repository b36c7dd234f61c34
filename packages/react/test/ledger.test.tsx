// Each case that broke the simple "mark dirty, refetch" scheme, in real React.

import {
  dehydrate,
  hydrate,
  onlineManager,
  QueryClient,
  useInfiniteQuery,
  useQuery,
  useSuspenseQuery,
} from '@tanstack/react-query';
import { act, screen } from '@testing-library/react';
import { StrictMode, Suspense } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';

import { CONFIRM_WITHIN_MS } from '../../query/src/debts';
import { RETRY_MAX_MS } from '../../query/src/fetches';
import { useRealtimeSync } from '../src/index';
import {
  Board,
  fakeTime,
  KEY,
  mount,
  pass,
  setUp,
  text,
  TOPIC,
  type FakeRest,
  type Item,
} from './harness';

fakeTime();
afterEach(() => onlineManager.setOnline(true));

const shown = () => screen.getByTestId('board').textContent;
const AFTER_READ_MS = 20;
const AT_REST_MS = 500;

/** Keeps the topic alive while the list itself is not shown. */
function Sync() {
  useRealtimeSync({ topic: TOPIC, queryKey: KEY });
  return null;
}

/** The list without a subscription of its own, whose answer would be a mark. */
function List({ rest, query = {} }: { rest: FakeRest; query?: object }) {
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => rest.get(signal),
    ...query,
  });
  return <div data-testid="board">{text(data)}</div>;
}

async function boardAtRest(options: Parameters<typeof setUp>[0] = {}, query: object = {}) {
  const world = setUp(options);
  const view = mount(world, <Board rest={world.rest} query={query} />);
  await pass(AT_REST_MS);
  expect(shown()).toBe('a0');
  return { ...world, view, world };
}

describe('what is owed stays owed', () => {
  test('a fetch cancelled on unmount reverts isInvalidated; remount with staleTime Infinity', async () => {
    const { rest, view } = await boardAtRest();
    view.show([<Sync key="s" />, <List key="b" rest={rest} />]);
    await pass(AT_REST_MS);
    rest.put('a', 1);
    await pass(AFTER_READ_MS);
    view.show([<Sync key="s" />]);
    await pass(AT_REST_MS);
    view.show([<Sync key="s" />, <List key="b" rest={rest} query={{ refetchOnMount: false }} />]);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });

  test('cancelQueries during the refetch', async () => {
    const { rest, queryClient } = await boardAtRest();
    rest.put('a', 1);
    await pass(AFTER_READ_MS);
    await queryClient.cancelQueries({ queryKey: KEY });
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });

  test('cancelQueries without revert, too: that is no failure to back off from', async () => {
    const { rest, queryClient } = await boardAtRest();
    vi.mocked(Math.random).mockReturnValue(0.999);
    rest.put('a', 1);
    await pass(AFTER_READ_MS);
    await queryClient.cancelQueries({ queryKey: KEY }, { revert: false });
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });

  test('a failing endpoint is retried with backoff, at any rate of events', async () => {
    const { rest } = await boardAtRest();
    vi.mocked(Math.random).mockReturnValue(0.999);
    rest.failing = true;
    const before = rest.requests;
    for (let i = 0; i < 1000; i++) {
      rest.put('a', 1);
      await pass(60);
    }
    // A minute of failures: 1, 2, 4, 8, 16, 30 s apart instead of a thousand fetches.
    expect(rest.requests - before).toBeLessThanOrEqual(7);
    expect(rest.requests - before).toBeGreaterThan(4);
    rest.failing = false;
    await pass(RETRY_MAX_MS);
    expect(shown()).toBe('a1');
  });

  test('a retry that nobody waits for any more leaves no timer', async () => {
    const { rest, view } = await boardAtRest({ queries: { gcTime: Infinity } });
    vi.mocked(Math.random).mockReturnValue(0.999);
    rest.failing = true;
    rest.put('a', 1);
    await pass(AT_REST_MS);
    view.unmount();
    await pass(100);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('an answer of the server clears the backoff', async () => {
    const { rest, server } = await boardAtRest();
    vi.mocked(Math.random).mockReturnValue(0.999);
    rest.failing = true;
    rest.put('a', 1);
    await pass(10_000);
    rest.failing = false;
    vi.mocked(Math.random).mockReturnValue(0);
    server.socket.end();
    await pass(200);
    expect(shown()).toBe('a1');
  });

  test('an initial fetch that fails is retried, once the topic is answered', async () => {
    const world = setUp();
    world.rest.failing = true;
    mount(world, <Board rest={world.rest} />);
    await pass(AT_REST_MS);
    world.rest.failing = false;
    await pass(RETRY_MAX_MS);
    expect(shown()).toBe('a0');
  });

  test('an initial fetch that fails when nothing was owed is retried as well', async () => {
    const { rest, queryClient } = await boardAtRest();
    rest.failing = true;
    queryClient.removeQueries({ queryKey: KEY });
    await pass(AT_REST_MS);
    rest.failing = false;
    await pass(RETRY_MAX_MS);
    expect(shown()).toBe('a0');
  });

  test('refetchOnMount: false, marked while nobody looked', async () => {
    const { rest, view } = await boardAtRest();
    view.show([<Sync key="s" />]);
    await pass(AT_REST_MS);
    rest.put('a', 1);
    await pass(AT_REST_MS);
    view.show([<Sync key="s" />, <List key="b" rest={rest} query={{ refetchOnMount: false }} />]);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });

  test('enabled turned on: what it missed is fetched', async () => {
    const { rest, view } = await boardAtRest();
    view.show(<Board rest={rest} query={{ enabled: false }} />);
    rest.put('a', 1);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a0');
    view.show(<Board rest={rest} query={{ enabled: true }} />);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });

  test('a prefetch that an event overtook, mounted with refetchOnMount: false', async () => {
    const world = setUp();
    const { rest, queryClient } = world;
    const view = mount(world, [<Sync key="s" />]);
    await pass(100);
    void queryClient.prefetchQuery({ queryKey: KEY, queryFn: () => rest.get() });
    await pass(AFTER_READ_MS);
    rest.put('a', 1);
    await pass(AT_REST_MS);
    view.show([<Sync key="s" />, <List key="b" rest={rest} query={{ refetchOnMount: false }} />]);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });

  test('suspense: an event during the first fetch', async () => {
    const world = setUp();
    const Suspended = ({ rest }: { rest: FakeRest }) => {
      const { data } = useSuspenseQuery({
        queryKey: KEY,
        queryFn: () => rest.get(),
        refetchOnMount: false,
      });
      return <div data-testid="board">{text(data)}</div>;
    };
    mount(
      world,
      <>
        <Sync />
        <Suspense fallback={null}>
          <Suspended rest={world.rest} />
        </Suspense>
      </>,
    );
    await pass(AFTER_READ_MS);
    world.rest.put('a', 1);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });

  test('paused offline: the fetch begins when the network is back, and counts from then', async () => {
    const { rest } = await boardAtRest();
    act(() => onlineManager.setOnline(false));
    rest.put('a', 1);
    await pass(AT_REST_MS);
    rest.put('a', 2);
    await pass(AT_REST_MS);
    const before = rest.requests;
    act(() => onlineManager.setOnline(true));
    await pass(AT_REST_MS);
    expect(shown()).toBe('a2');
    expect(rest.requests - before).toBe(1);
  });

  test('a log-out that clears the cache and takes the page away leaves nothing', async () => {
    const world = setUp();
    const { queryClient, rest } = world;
    const view = mount(world, [<i key="i" />, <Board key="b" rest={rest} />]);
    await pass(200);
    queryClient.clear();
    view.show([<i key="i" />]);
    await pass(AT_REST_MS);
    expect(queryClient.getQueryCache().getAll()).toEqual([]);
  });

  test('removeQueries under a mounted observer: the orphan refetches', async () => {
    const { rest, queryClient } = await boardAtRest();
    queryClient.removeQueries({ queryKey: KEY });
    rest.put('a', 1);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });

  test('a hung request is begun anew once the server answers again', async () => {
    const { rest, server } = await boardAtRest();
    rest.hung = true;
    rest.put('a', 1);
    await pass(AT_REST_MS);
    rest.hung = false;
    server.socket.end();
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });

  test('a hung initial request, too', async () => {
    const world = setUp();
    world.rest.hung = true;
    mount(world, <Board rest={world.rest} />);
    await pass(AT_REST_MS);
    world.rest.hung = false;
    world.server.socket.end();
    await pass(AT_REST_MS);
    expect(shown()).toBe('a0');
  });

  test("staleTime 'static' is never refetched, and a warning says so", async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { rest } = await boardAtRest({}, { staleTime: 'static' });
    rest.put('a', 1);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a0');
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0]?.[0]).toMatch(/static/);
  });
});

describe('infinite queries', () => {
  function Pages({ rest }: { rest: FakeRest }) {
    const { data, fetchNextPage } = useInfiniteQuery({
      queryKey: KEY,
      queryFn: () => rest.get(),
      initialPageParam: 0,
      getNextPageParam: (_last, pages) => pages.length,
    });
    useRealtimeSync({ topic: TOPIC, queryKey: KEY });
    return (
      <button onClick={() => void fetchNextPage()} data-testid="board">
        {data?.pages.map(text).join('|')}
      </button>
    );
  }

  test('fetchNextPage cancels the refetch; what it was for is fetched afterwards', async () => {
    const world = setUp();
    mount(world, <Pages rest={world.rest} />);
    await pass(AT_REST_MS);
    world.rest.put('a', 1);
    await pass(AFTER_READ_MS);
    act(() => screen.getByTestId('board').click());
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1|a1');
  });

  test('an event during fetchNextPage', async () => {
    const world = setUp();
    mount(world, <Pages rest={world.rest} />);
    await pass(AT_REST_MS);
    act(() => screen.getByTestId('board').click());
    await pass(AFTER_READ_MS);
    world.rest.put('a', 1);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1|a1');
  });

  test('the data is where its oldest page is', async () => {
    const world = setUp();
    world.rest.positions = true;
    mount(world, <Pages rest={world.rest} />);
    await pass(AT_REST_MS);
    act(() => screen.getByTestId('board').click());
    await pass(AT_REST_MS);
    const before = world.rest.requests;
    world.server.socket.end();
    await pass(AT_REST_MS);
    expect(world.rest.requests).toBe(before);
    world.rest.put('a', 1);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1|a1');
  });
});

describe('data from elsewhere', () => {
  test('a late write of the own mutation is confirmed', async () => {
    const { rest, queryClient } = await boardAtRest();
    rest.put('a', 1);
    await pass(AT_REST_MS);
    queryClient.setQueryData<Item[]>(KEY, [{ id: 'a', v: -1 }]);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });

  test('… but not while a mutation is under way, for at most five seconds', async () => {
    const { rest, queryClient } = await boardAtRest();
    const before = rest.requests;
    void queryClient
      .getMutationCache()
      .build(queryClient, { mutationFn: () => new Promise(() => {}) })
      .execute(undefined);
    queryClient.setQueryData<Item[]>(KEY, [{ id: 'a', v: -1 }]);
    await pass(CONFIRM_WITHIN_MS - 10);
    expect(rest.requests).toBe(before);
    await pass(AT_REST_MS);
    expect(rest.requests).toBe(before + 1);
    expect(shown()).toBe('a0');
  });

  test('a snapshot rolled back over newer data is confirmed', async () => {
    const { rest, queryClient } = await boardAtRest();
    const snapshot = queryClient.getQueryData<Item[]>(KEY);
    rest.put('a', 1);
    await pass(AT_REST_MS);
    queryClient.setQueryData(KEY, snapshot);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });

  test('hydration of old data', async () => {
    const { rest, queryClient } = await boardAtRest();
    const old = dehydrate(queryClient);
    rest.put('a', 1);
    await pass(AT_REST_MS);
    for (const query of old.queries) query.state.dataUpdatedAt = Date.now() + 1000;
    act(() => hydrate(queryClient, old));
    expect(queryClient.getQueryData(KEY)).toEqual([{ id: 'a', v: 0 }]);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });

  test('hydration of a query that was not there', async () => {
    const { rest, queryClient, view } = await boardAtRest();
    const old = dehydrate(queryClient);
    view.show([<Sync key="s" />]);
    await pass(AT_REST_MS);
    queryClient.removeQueries({ queryKey: KEY });
    rest.put('a', 1);
    await pass(AT_REST_MS);
    act(() => hydrate(queryClient, old));
    view.show([<Sync key="s" />, <List key="b" rest={rest} query={{ refetchOnMount: false }} />]);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });

  test('a promise hydrated from the server', async () => {
    const world = setUp();
    const view = mount(world, [<Sync key="s" />]);
    await pass(100);
    const source = new QueryClient({
      defaultOptions: { dehydrate: { shouldDehydrateQuery: () => true } },
    });
    void source.prefetchQuery({ queryKey: KEY, queryFn: () => world.rest.get() });
    const streamed = dehydrate(source);
    await pass(AFTER_READ_MS);
    world.rest.put('a', 1);
    await pass(5);
    act(() => hydrate(world.queryClient, streamed));
    view.show([
      <Sync key="s" />,
      <List key="b" rest={world.rest} query={{ refetchOnMount: false }} />,
    ]);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });

  test('older initialData', async () => {
    const world = setUp();
    world.rest.put('a', 1);
    const view = mount(world, [<Sync key="s" />]);
    await pass(100);
    const query = { initialData: [{ id: 'a', v: 0 }] };
    view.show([<Sync key="s" />, <List key="b" rest={world.rest} query={query} />]);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });

  test("a persister's restored data", async () => {
    const world = setUp();
    world.rest.put('a', 1);
    const view = mount(world, [<Sync key="s" />]);
    await pass(100);
    const persister = (
      queryFn: (context: object) => unknown,
      context: object,
      query: { state: { data: unknown } },
    ) => (query.state.data === undefined ? Promise.resolve([{ id: 'a', v: 0 }]) : queryFn(context));
    view.show([<Sync key="s" />, <List key="b" rest={world.rest} query={{ persister }} />]);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });

  test('resetQueries', async () => {
    const { rest, queryClient } = await boardAtRest();
    void queryClient.resetQueries({ queryKey: KEY });
    await pass(AFTER_READ_MS);
    rest.put('a', 1);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });
});

describe('marks', () => {
  test('joining a topic that is already answered', async () => {
    const world = setUp();
    world.rest.put('a', 1);
    const Other = () => {
      useRealtimeSync({ topic: TOPIC, queryKey: ['other'] });
      return null;
    };
    const view = mount(world, [<Other key="o" />]);
    world.queryClient.setQueryData<Item[]>(KEY, [{ id: 'a', v: 0 }]);
    await pass(100);
    view.show([<Other key="o" />, <Board key="b" rest={world.rest} />]);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
    expect(world.server.asked).toHaveLength(1);
  });

  test('joining a topic that lingers', async () => {
    const world = setUp();
    const view = mount(world, <Board rest={world.rest} />);
    await pass(AT_REST_MS);
    view.show(null);
    await pass(100);
    world.rest.put('a', 1);
    await pass(100);
    view.show(<Board rest={world.rest} />);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
    expect(world.server.asked).toHaveLength(1);
  });

  test('a change of the key', async () => {
    const world = setUp();
    const Keyed = ({ id }: { id: string }) => {
      const { data } = useQuery({ queryKey: [id], queryFn: () => world.rest.get() });
      useRealtimeSync({ topic: TOPIC, queryKey: [id] });
      return <div data-testid="board">{text(data)}</div>;
    };
    world.queryClient.setQueryData<Item[]>(['two'], [{ id: 'a', v: -1 }]);
    const view = mount(world, <Keyed id="one" />);
    await pass(AT_REST_MS);
    view.show(<Keyed id="two" />);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a0');
  });

  test('a key covers all queries under it', async () => {
    const world = setUp();
    const Filtered = () => {
      const { data } = useQuery({ queryKey: [...KEY, 'mine'], queryFn: () => world.rest.get() });
      return <p data-testid="filtered">{text(data)}</p>;
    };
    mount(
      world,
      <>
        <Board rest={world.rest} />
        <Filtered />
      </>,
    );
    await pass(AT_REST_MS);
    world.rest.put('a', 1);
    await pass(AT_REST_MS);
    expect(screen.getByTestId('filtered').textContent).toBe('a1');
  });

  test('a resync of the server', async () => {
    const { rest, server } = await boardAtRest();
    rest.rows.set('a', { id: 'a', v: 1 });
    server.socket.deliver({ type: 'resync', topic: TOPIC, epoch: 'e0', seq: 0, reason: 'trimmed' });
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });

  test('after a reconnect, whatever happened meanwhile', async () => {
    const { rest, server } = await boardAtRest();
    server.socket.end();
    rest.put('a', 1);
    server.trim(TOPIC);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });

  test('at most one fetch in flight and one trailing, however many events', async () => {
    const { rest } = await boardAtRest();
    const before = rest.requests;
    for (let i = 1; i <= 20; i++) {
      rest.put('a', i);
      await pass(2);
    }
    await pass(AT_REST_MS);
    expect(rest.requests - before).toBe(2);
    expect(rest.mostInFlight).toBe(1);
    expect(shown()).toBe('a20');
  });

  test('StrictMode changes nothing', async () => {
    const world = setUp({ strict: true });
    mount(
      world,
      <StrictMode>
        <Board rest={world.rest} />
      </StrictMode>,
    );
    await pass(AT_REST_MS);
    world.rest.put('a', 1);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a1');
  });
});
