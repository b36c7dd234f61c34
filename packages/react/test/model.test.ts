import {
  dehydrate,
  hydrate,
  InfiniteQueryObserver,
  MutationObserver,
  onlineManager,
  QueryClient,
  QueryObserver,
  type InfiniteData,
} from '@tanstack/react-query';
import { createClient, type TidingsClient, type WSEvent } from '@tidings/client';
import { watchPresence } from '@tidings/client/presence';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { FakeServer } from '../../client/test/fake-server';
import { bridgeOf } from '../src/bridge/bridge';
import { newMutationId, optimisticUpdate } from '../src/index';
import { FakeRest, KEY, TOPIC, type Item } from './harness';

/** How many random histories are run: 5,000 in every test run, the same each time, or `MODEL_RUNS`. */
const RUNS = Number(process.env.MODEL_RUNS ?? 5000);
/** Which ones; `MODEL_SEED` asks for others, or for a failed run's again. */
const SEED = Number(process.env.MODEL_SEED ?? 1);

/** Long enough for every timeout, backoff and reconnect to come and go once things are well. */
const TO_REST_MS = 200_000;

const PAGES = [...KEY, 'pages'];

/** The ways in which apps fetch and write. */
interface Flavour {
  positions: boolean;
  handler: 'none' | 'writes' | 'logs' | 'throws';
  debounceMs: number;
  usesSignal: boolean;
  staleTime: number;
  refetchOnMount: boolean;
}

const flavours: fc.Arbitrary<Flavour> = fc.record({
  positions: fc.boolean(),
  handler: fc.constantFrom('none', 'writes', 'logs', 'throws'),
  debounceMs: fc.constantFrom(0, 0, 100),
  usesSignal: fc.boolean(),
  staleTime: fc.constantFrom(0, Infinity),
  refetchOnMount: fc.boolean(),
});

const OPERATIONS = [
  'put', 'put', 'put', 'delete', 'burst', 'move', 'seedMove', 'failingMove',
  'dropConnection', 'blackHole', 'duplicate', 'reorder', 'gap', 'newEpoch', 'trim', 'drain',
  'slow', 'fast', 'fail', 'work', 'hang',
  'mount', 'unmount', 'sync', 'unsync', 'watch', 'unwatch', 'mountPages', 'nextPage', 'unmountPages',
  'prefetch', 'cancel', 'remove', 'reset', 'invalidate', 'refetch',
  'lateWrite', 'hydrateOld', 'offline', 'online', 'latencyUp', 'latencyDown',
] as const; // prettier-ignore

const steps = fc.array(
  fc.record({
    does: fc.constantFrom(...OPERATIONS),
    waitMs: fc.constantFrom(0, 0, 1, 5, 20, 60, 200, 1500, 12_000),
    row: fc.constantFrom('a', 'b', 'c'),
  }),
  { minLength: 1, maxLength: 25 },
);

/** A reproducible stand-in for Math.random. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** One app, one server, and everything that can come between them. */
class World {
  readonly server = new FakeServer();
  readonly rest = new FakeRest(this.server);
  readonly queryClient = new QueryClient({
    defaultOptions: { queries: { retry: false }, mutations: { retry: false } },
  });
  readonly client: TidingsClient = createClient({
    url: 'wss://host/ws',
    WebSocket: this.server.WebSocket,
  });
  private version = 0;
  private oldState = dehydrate(new QueryClient());
  private unmounts: (() => void)[] = [];
  private unmountPages: (() => void)[] = [];
  private unsyncs: (() => void)[] = [];
  private unwatches: (() => void)[] = [];
  private pages: InfiniteQueryObserver<Item[]> | undefined;

  constructor(readonly flavour: Flavour) {
    this.rest.positions = flavour.positions;
    this.rest.timeoutMs = 20_000;
    this.rest.rows.set('a', { id: 'a', v: 0 });
    bridgeOf(this.queryClient);
    this.queryClient.mount();
    this.client.connect();
  }

  private get query() {
    const { usesSignal, staleTime, refetchOnMount } = this.flavour;
    return {
      queryKey: KEY,
      queryFn: (context: { signal: AbortSignal }) =>
        this.rest.get(usesSignal ? context.signal : undefined),
      staleTime,
      refetchOnMount,
    };
  }

  private onEvent = (event: WSEvent): void => {
    if (this.flavour.handler === 'throws') throw new Error('the handler failed');
    if (this.flavour.handler === 'logs') return;
    const item = event.data.payload as Item;
    this.queryClient.setQueryData<Item[]>(KEY, (old) => {
      if (!old) return undefined;
      if (event.event === 'DELETED') return old.filter(({ id }) => id !== item.id);
      const known = old.some(({ id }) => id === item.id);
      return known ? old.map((row) => (row.id === item.id ? item : row)) : [...old, item];
    });
  };

  mount() {
    const observer = new QueryObserver(this.queryClient, this.query);
    this.unmounts.push(observer.subscribe(() => {}));
  }
  unmount() {
    this.unmounts.pop()?.();
  }
  sync() {
    const { handler, debounceMs } = this.flavour;
    const wishes = { debounceMs, ...(handler === 'none' ? {} : { onEvent: this.onEvent }) };
    this.unsyncs.push(bridgeOf(this.queryClient).sync(this.client, TOPIC, KEY, () => wishes));
  }
  unsync() {
    this.unsyncs.pop()?.();
  }
  mountPages() {
    this.pages = new InfiniteQueryObserver(this.queryClient, {
      queryKey: PAGES,
      queryFn: ({ signal }) => this.rest.get(this.flavour.usesSignal ? signal : undefined),
      initialPageParam: 0,
      getNextPageParam: (_page, pages) => (pages.length < 3 ? pages.length : undefined),
      staleTime: this.flavour.staleTime,
    }) as unknown as InfiniteQueryObserver<Item[]>;
    this.unmountPages.push(this.pages.subscribe(() => {}));
  }
  nextPage() {
    void this.pages?.fetchNextPage().catch(() => {});
  }

  put(row: string) {
    this.rest.put(row, ++this.version);
  }
  burst(row: string) {
    for (let i = 0; i < 5; i++) this.put(row);
  }
  /** An optimistic change as our own documentation shows it. */
  move(row: string, fails = false) {
    const mutationId = newMutationId();
    void this.mutate(row, fails, { mutationId });
  }
  seedMove(row: string) {
    void this.mutate(row, false, {});
  }
  private mutate(row: string, fails: boolean, options: { mutationId?: string }) {
    const v = ++this.version;
    const observer = new MutationObserver(this.queryClient, {
      networkMode: 'always',
      mutationFn: () => this.rest.write(row, v, fails, options.mutationId),
      onMutate: async () => {
        const rollback = await optimisticUpdate<Item[]>(
          this.queryClient,
          KEY,
          (old) => old.map((item) => (item.id === row ? { id: row, v } : item)),
          options,
        );
        return { rollback };
      },
      onError: (_error, _variables, context) => context?.rollback(),
    });
    return observer.mutate().catch(() => {});
  }

  step(does: (typeof OPERATIONS)[number], row: string): void {
    const { server, rest, queryClient } = this;
    const filter = { queryKey: KEY };
    const quietly = (promise: Promise<unknown>) => void promise.catch(() => {});
    const operations: Record<(typeof OPERATIONS)[number], () => void> = {
      put: () => this.put(row),
      delete: () => rest.delete(row),
      burst: () => this.burst(row),
      move: () => this.move(row),
      seedMove: () => this.seedMove(row),
      failingMove: () => this.move(row, true),
      dropConnection: () => server.open.forEach((socket) => socket.end()),
      blackHole: () => {
        server.silent = true;
      },
      duplicate: () => {
        const last = server.log(TOPIC).events.at(-1);
        if (last) server.open.forEach((socket) => socket.topics.has(TOPIC) && socket.deliver(last));
      },
      reorder: () => {
        const subscribed = server.open.filter((socket) => socket.topics.delete(TOPIC));
        this.burst(row);
        subscribed.forEach((socket) => socket.topics.add(TOPIC));
        const late = server.log(TOPIC).events.slice(-5).reverse();
        for (const event of late) subscribed.forEach((socket) => socket.deliver(event));
      },
      gap: () => {
        const subscribed = server.open.filter((socket) => socket.topics.delete(TOPIC));
        this.put(row);
        subscribed.forEach((socket) => socket.topics.add(TOPIC));
        this.put('a');
      },
      newEpoch: () => {
        server.newEpoch(TOPIC);
        this.put(row);
      },
      trim: () => server.trim(TOPIC),
      drain: () =>
        server.open.forEach((socket) => {
          socket.deliver({ type: 'drain', reconnect_after_ms: 3000 });
          socket.end(3000);
        }),
      slow: () => void (rest.downMs = 3000),
      fast: () => void (rest.downMs = 5),
      fail: () => void (rest.failing = true),
      work: () => void (rest.failing = false),
      hang: () => void (rest.hung = !rest.hung),
      mount: () => this.mount(),
      unmount: () => this.unmount(),
      sync: () => this.sync(),
      unsync: () => this.unsync(),
      // The presence of a topic shares its subscription, and asks anew for it.
      watch: () => void this.unwatches.push(watchPresence(this.client, TOPIC, () => {})),
      unwatch: () => this.unwatches.pop()?.(),
      mountPages: () => this.mountPages(),
      nextPage: () => this.nextPage(),
      unmountPages: () => this.unmountPages.pop()?.(),
      prefetch: () => quietly(queryClient.prefetchQuery(this.query)),
      cancel: () => quietly(queryClient.cancelQueries(filter)),
      // While nothing is synced, an observer of a removed query is the app's own business.
      remove: () => void (this.unsyncs.length && queryClient.removeQueries(filter)),
      reset: () => quietly(queryClient.resetQueries(filter)),
      invalidate: () => quietly(queryClient.invalidateQueries(filter)),
      refetch: () => quietly(queryClient.refetchQueries(filter)),
      lateWrite: () => {
        queryClient.setQueryData<Item[]>(KEY, (old) =>
          old?.map((item) => (item.id === row ? { id: row, v: -1 } : item)),
        );
      },
      hydrateOld: () => {
        const state = this.oldState;
        for (const query of state.queries) query.state.dataUpdatedAt = Date.now() + 1;
        hydrate(queryClient, state);
        this.oldState = dehydrate(queryClient);
      },
      offline: () => onlineManager.setOnline(false),
      online: () => onlineManager.setOnline(true),
      latencyUp: () => void (server.latencyMs = 300),
      latencyDown: () => void (server.latencyMs = 1),
    };
    operations[does]();
  }

  /** The faults stop, and somebody looks. */
  heal(): void {
    const { server, rest } = this;
    rest.failing = rest.hung = false;
    rest.downMs = 5;
    server.latencyMs = 1;
    onlineManager.setOnline(true);
    if (server.silent) {
      server.silent = false;
      server.sockets.forEach((socket) => socket.end());
    }
    if (!this.unsyncs.length) this.sync();
    if (!this.unmounts.length) this.mount();
    if (!this.unmountPages.length) this.mountPages();
  }

  check(): void {
    const { queryClient, rest } = this;
    expect(this.client.getStatus().state).toBe('connected');
    expect(queryClient.getQueryData(KEY)).toEqual(rest.list);
    const base = dehydrate(queryClient, { shouldDehydrateQuery: () => true }).queries.find(
      ({ queryHash }) => queryHash === JSON.stringify(KEY),
    );
    expect(base?.state.data).toEqual(rest.list);
    for (const page of queryClient.getQueryData<InfiniteData<Item[]>>(PAGES)?.pages ?? []) {
      expect(page).toEqual(rest.list);
    }
    expect(queryClient.isFetching()).toBe(0);
  }

  close(): void {
    const { unmounts, unmountPages, unsyncs, unwatches } = this;
    [...unmounts, ...unmountPages, ...unsyncs, ...unwatches].forEach((undo) => undo());
    this.client.disconnect();
    this.queryClient.unmount();
    this.queryClient.clear();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  onlineManager.setOnline(true);
  vi.useRealTimers();
});

test(
  `the cache always ends equal to the server (${RUNS} histories)`,
  { timeout: RUNS * 200 },
  async () => {
    const property = fc.asyncProperty(flavours, steps, fc.nat(), async (flavour, history, seed) => {
      vi.spyOn(Math, 'random').mockImplementation(generator(seed));
      const world = new World(flavour);
      world.mount();
      world.sync();
      try {
        for (const { does, waitMs, row } of history) {
          world.step(does, row);
          await vi.advanceTimersByTimeAsync(waitMs);
        }
        world.heal();
        await vi.advanceTimersByTimeAsync(TO_REST_MS);
        world.check();
      } finally {
        world.close();
        vi.clearAllTimers();
      }
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED });
  },
);
