import {
  dehydrate,
  focusManager,
  onlineManager,
  type InfiniteData,
  type QueryKey,
} from '@tanstack/query-core';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { KEY, TOPIC } from './fake-rest';
import { ALL_HOOKS, App, DUO, ITEM, LIST, PAGES, type Flavour, type Hook } from './model/app';
import { Backend, type Sheet } from './model/backend';
import { flavours, histories, play, type Step } from './model/history';

/** How many random histories are run: 5,000 in every test run, the same each time, or `MODEL_RUNS`. */
const RUNS = Number(process.env.MODEL_RUNS ?? 5000);
/** Which ones; `MODEL_SEED` asks for others, or for a failed run's again. */
const SEED = Number(process.env.MODEL_SEED ?? 1);

/** Long enough for every timeout, backoff and reconnect to come and go once things are well. */
const TO_REST_MS = 200_000;
/** Then nothing is fetched any more. */
const AT_REST_MS = 100_000;
/** The most fetches that may come of it all: to begin with, of each step, and of the healing. */
const MOST_FETCHES = { atFirst: 20, ofAStep: 3, ofHealing: 12 };
/** Enough for one event to be heard and fetched, and for a subscription to be over. */
const ONE_EVENT_MS = 5000;

/** What happens once all is quiet: access stays or is lost, heard of or not. */
const ENDINGS = ['goesOn', 'goesOn', 'isLost', 'isLostWhileAway'] as const;

/** A reproducible stand-in for Math.random. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** The faults stop, and somebody looks at everything. */
async function heal(app: App): Promise<void> {
  app.backend.heal();
  onlineManager.setOnline(true);
  focusManager.setFocused(true);
  // What is still under way arrives.
  await vi.advanceTimersByTimeAsync(ONE_EVENT_MS);
  // A topic that was refused is only asked for again by a new hook.
  if (app.backend.hasRefused) app.unsync(ALL_HOOKS);
  if (!app.isMounted('hook 0')) app.sync(0);
  for (const which of [0, 1] as const) {
    if (!app.isMounted(`duo hook ${which}`)) app.syncDuo(which);
  }
  if (!app.isMounted('list')) app.mountList();
  if (!app.isMounted('item')) app.mountItem();
  if (!app.isMounted('pages')) app.mountPages();
}

/** What is shown, what is beneath it, and what the server has are one and the same. */
function expectTruth({ queryClient, backend: { sheets } }: App): void {
  const { pages = [] } = queryClient.getQueryData<InfiniteData<Sheet>>(PAGES) ?? {};
  const truth = {
    list: sheets.list(),
    item: sheets.item(),
    duo: sheets.duo(),
    // As many as the app has fetched, and those whole.
    pages: pages.map((_, page) => sheets.page(page)),
  };
  const dehydrated = dehydrate(queryClient, { shouldDehydrateQuery: () => true }).queries;
  const base = (key: QueryKey) =>
    dehydrated.find(({ queryHash }) => queryHash === JSON.stringify(key))?.state.data;
  const look = (at: (key: QueryKey) => unknown) => ({
    list: at(LIST),
    item: at(ITEM),
    duo: at(DUO),
    pages: (at(PAGES) as InfiniteData<Sheet> | undefined)?.pages,
  });
  expect({
    shown: look((key) => queryClient.getQueryData(key)),
    beneath: look(base),
    fetching: queryClient.isFetching(),
  }).toEqual({ shown: truth, beneath: truth, fetching: 0 });
  expect(pages.length).toBeGreaterThan(0);
}

/** One more event of each topic is heard, and no optimistic change is left to lie on top of it. */
async function expectLive(app: App): Promise<void> {
  const { backend } = app;
  app.folds = 0;
  backend.change('a');
  backend.changeDuo('x');
  backend.changeDuo('y');
  await vi.advanceTimersByTimeAsync(ONE_EVENT_MS);
  expectTruth(app);
  expect(app.folds).toBe(0);
}

/** Who loses access, loses the data; REST is asked once for each query that is shown. */
async function expectRevoked(app: App, isAway: boolean): Promise<void> {
  const { backend, queryClient } = app;
  if (isAway) {
    app.unsync();
    await vi.advanceTimersByTimeAsync(ONE_EVENT_MS);
  }
  const before = backend.requests;
  backend.revoke(TOPIC);
  await vi.advanceTimersByTimeAsync(ONE_EVENT_MS);
  if (isAway) {
    // Nobody has told the hooks that have gone: the next one is refused.
    app.sync(0);
    await vi.advanceTimersByTimeAsync(ONE_EVENT_MS);
  }
  for (const key of [LIST, ITEM, PAGES]) expect(queryClient.getQueryData(key)).toBeUndefined();
  expect(queryClient.getQueryData(DUO)).toEqual(backend.sheets.duo());
  const [, second] = app.flavour.hooks;
  expect(backend.requests - before).toBeGreaterThanOrEqual(3);
  // The topic may have been asked to keep a fourth query right.
  const asked = second.queryKey === DUO ? 4 : 3;
  expect(backend.requests - before).toBeLessThanOrEqual(asked * (1 + app.flavour.retries));
}

async function expectNothingLeft(app: App): Promise<void> {
  app.close();
  await vi.advanceTimersByTimeAsync(ONE_EVENT_MS);
  expect(vi.getTimerCount()).toBe(0);
}

/** A plain app; what went wrong in it needed nothing special. */
const PLAIN: Flavour = {
  positions: true,
  usesSignal: false,
  staleTime: Infinity,
  refetchOnMount: true,
  retries: 0,
  seeds: 'nothing',
  hooks: [
    { queryKey: KEY, handler: 'none', debounceMs: 0, events: undefined },
    { queryKey: KEY, handler: 'none', debounceMs: 0, events: undefined },
  ],
  duoHandler: 'none',
};
const withHandler = (handler: Hook['handler']): Flavour => {
  const [first, second] = PLAIN.hooks;
  return { ...PLAIN, hooks: [{ ...first, handler }, second] };
};

type Example = [Flavour, Step[], number, (typeof ENDINGS)[number]];
const once = (flavour: Flavour, ...steps: [Step['does'], number][]): Example => [
  flavour,
  steps.map(([does, waitMs]) => ({ does, waitMs, row: 'a' })),
  0,
  'goesOn',
];

/** What once went wrong. */
const EXAMPLES: Example[] = [
  // The server accepts a change while a request hangs and nobody syncs; the request fails when
  // somebody does, and no position is missing. The change lay on top of it for ever.
  once(
    { ...withHandler('list'), staleTime: 0 },
    ['unsync', 0],
    ['hang', 0],
    ['change', 12_000],
    ['mountList', 0],
    ['seedMove', 0],
  ),
  // A later page fails, and its retry pauses. It goes on with the first page as it was read before
  // the event, so it pays for nothing.
  ...(['hide', 'offline'] as const).map((pause) =>
    once(
      { ...PLAIN, retries: 3 },
      ['mountPages', 200],
      ['nextPage', 200],
      ['refetchAsTheHook', 20],
      ['fail', 60],
      [pause, 60],
      ['work', 0],
      ['change', 60],
      [pause === 'hide' ? 'show' : 'online', 200],
    ),
  ),
  // A page that is to come pauses before it begins, and a handler takes an event into the data. The
  // page then lands with the others as they were.
  ...(['nextPage', 'refetchAsTheHook'] as const).map((fetch) =>
    once(
      withHandler('all'),
      ['mountPages', 200],
      ['offline', 0],
      [fetch, 20],
      ['change', 60],
      ['online', 200],
    ),
  ),
];

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'error').mockImplementation(() => {});
  // Apps of all kinds: some make the mistakes that development complains of.
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(() => {
  onlineManager.setOnline(true);
  focusManager.setFocused(undefined);
  vi.useRealTimers();
});

// Guarantees: L2
test(
  `the cache always ends equal to the server (${RUNS} histories)`,
  { timeout: RUNS * 200 },
  async () => {
    const property = fc.asyncProperty(
      flavours,
      histories,
      fc.nat(),
      fc.constantFrom(...ENDINGS),
      async (flavour, history, seed, ending) => {
        vi.spyOn(Math, 'random').mockImplementation(generator(seed));
        const backend = new Backend();
        const app = new App(flavour, backend);
        app.mountList();
        app.mountDuo();
        app.sync(0);
        try {
          await play(app, history);
          const most = MOST_FETCHES.atFirst + MOST_FETCHES.ofAStep * history.length;
          expect(backend.requests).toBeLessThanOrEqual(most * (1 + flavour.retries));
          await heal(app);
          const before = backend.requests;
          await vi.advanceTimersByTimeAsync(TO_REST_MS);
          const settled = backend.requests;
          expect(settled - before).toBeLessThanOrEqual(MOST_FETCHES.ofHealing);
          await vi.advanceTimersByTimeAsync(AT_REST_MS);
          expect(backend.requests).toBe(settled);
          expect(app.client.getStatus().state).toBe('connected');
          expectTruth(app);
          if (ending === 'goesOn') await expectLive(app);
          else await expectRevoked(app, ending === 'isLostWhileAway');
          expect(app.repeated).toEqual([]);
          await expectNothingLeft(app);
        } finally {
          app.close();
          vi.clearAllTimers();
        }
      },
    );
    await fc.assert(property, { numRuns: RUNS, seed: SEED, examples: EXAMPLES });
  },
);
