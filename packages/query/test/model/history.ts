// What happens to the app of the model: everything that can come between it and its server.

import { dehydrate, focusManager, hydrate, onlineManager, QueryClient } from '@tanstack/query-core';
import fc from 'fast-check';
import { vi } from 'vitest';

import { KEY, TOPIC } from '../fake-rest';
import { DUO, ITEM, LIST, PAGES, type App, type Flavour, type Hook } from './app';
import { DUO_TOPICS } from './backend';

const hook = (queryKey: fc.Arbitrary<Hook['queryKey']>, events: fc.Arbitrary<Hook['events']>) =>
  fc.record({
    queryKey,
    handler: fc.constantFrom<Hook['handler'][]>(
      'none',
      'none',
      'list',
      'all',
      'elsewhere',
      'logs',
      'throws',
    ),
    debounceMs: fc.constantFrom(0, 0, 100),
    events,
  });

export const flavours: fc.Arbitrary<Flavour> = fc.record({
  positions: fc.boolean(),
  usesSignal: fc.boolean(),
  staleTime: fc.constantFrom(0, Infinity),
  refetchOnMount: fc.boolean(),
  retries: fc.constantFrom(0, 0, 1, 3),
  seeds: fc.constantFrom<Flavour['seeds'][]>(
    'nothing',
    'nothing',
    'nothing',
    'item',
    'eachOther',
    'itself',
  ),
  hooks: fc.tuple(
    hook(fc.constant(KEY), fc.constant(undefined)),
    hook(
      fc.constantFrom(KEY, KEY.slice(0, 1), LIST, PAGES, ITEM, DUO),
      fc.constantFrom(undefined, ['ADDED', 'DELETED'], ['UPDATED']),
    ),
  ),
  duoHandler: fc.constantFrom<Hook['handler'][]>('none', 'list', 'logs'),
});

const quietly = (promise: Promise<unknown>) => void promise.catch(() => {});

/** What was in a cache a while ago. */
let oldState = dehydrate(new QueryClient());

/** Each operation, on an app and, where it needs one, a row. */
const operations = {
  change: ({ backend }, row) => backend.change(row),
  delete: ({ backend }, row) => backend.delete(row),
  burst: ({ backend }, row) => backend.burst(row),
  changeX: ({ backend }) => backend.changeDuo('x'),
  changeY: ({ backend }) => backend.changeDuo('y'),

  move: (app, row) => app.move(row),
  failingMove: (app, row) => app.move(row, true),
  seedMove: (app, row) => app.seedMove(row),
  brokenMove: (app, row) => app.brokenMove(row),
  movePages: (app, row) => app.movePages(row),
  failingMovePages: (app, row) => app.movePages(row, true),

  dropConnection: ({ backend }) => backend.server.open.forEach((socket) => socket.end()),
  blackHole: ({ backend }) => void (backend.server.silent = true),
  duplicate: ({ backend }) => backend.duplicateLast(),
  reorder: ({ backend }, row) => backend.reorder(row),
  gap: ({ backend }, row) => backend.gap(row),
  newEpoch({ backend }, row) {
    backend.server.newEpoch(TOPIC);
    backend.change(row);
  },
  trim: ({ backend }) => backend.server.trim(TOPIC),
  drain: ({ backend }) => backend.drain(),
  latencyUp: ({ backend }) => void (backend.server.latencyMs = 300),
  latencyDown: ({ backend }) => void (backend.server.latencyMs = 1),
  slow: ({ backend }) => void (backend.downMs = 3000),
  fast: ({ backend }) => void (backend.downMs = 5),
  fail: ({ backend }) => void (backend.failing = true),
  work: ({ backend }) => void (backend.failing = false),
  hang: ({ backend }) => void (backend.hung = !backend.hung),
  offline: () => onlineManager.setOnline(false),
  online: () => onlineManager.setOnline(true),
  hide: () => focusManager.setFocused(false),
  show: () => focusManager.setFocused(true),
  failOnce: ({ backend }) => backend.failOnce(),

  revoke: ({ backend }) => backend.revoke(TOPIC),
  revokeDuo: ({ backend }) => backend.revoke(DUO_TOPICS[0]),
  /** Access is lost, and nobody hears of it: the next subscribe is refused. */
  forbid: ({ backend }) => backend.revoke(TOPIC, false),
  grant: ({ backend }) => backend.server.forbidden.clear(),
  login: (app) => app.login(),

  mountList: (app) => app.mountList(),
  unmountList: (app) => app.unmount('list'),
  mountPages: (app) => app.mountPages(),
  unmountPages: (app) => app.unmount('pages'),
  nextPage: (app) => app.nextPage(),
  mountItem: (app) => app.mountItem(),
  unmountItem: (app) => app.unmount('item'),
  sync: (app) => app.sync(0),
  unsync: (app) => app.unmount('hook 0'),
  syncSecond: (app) => app.sync(1),
  unsyncSecond: (app) => app.unmount('hook 1'),
  syncDuo: (app) => app.syncDuo(1),
  unsyncDuo: (app) => app.unmount('duo hook 1'),
  watch: (app) => app.watch(),
  unwatch: (app) => app.unmount('presence'),

  prefetch: ({ queryClient, listQuery }) => quietly(queryClient.prefetchQuery(listQuery)),
  cancel: ({ queryClient }) => quietly(queryClient.cancelQueries({ queryKey: KEY })),
  // While nothing is synced, an observer of a removed query is the app's own business.
  remove: (app) => {
    if (app.isSynced) app.queryClient.removeQueries({ queryKey: LIST });
  },
  reset: ({ queryClient }) => quietly(queryClient.resetQueries({ queryKey: KEY })),
  invalidate: ({ queryClient }) => quietly(queryClient.invalidateQueries({ queryKey: KEY })),
  refetch: ({ queryClient }) => quietly(queryClient.refetchQueries({ queryKey: KEY })),
  refetchPages: ({ queryClient }) => quietly(queryClient.refetchQueries({ queryKey: PAGES })),
  refetchAsTheHook: (app) => app.refetchPages(),
  lateWrite({ queryClient }, row) {
    const guess = (items: { id: string; v: number }[]) =>
      items.map((item) => (item.id === row ? { id: row, v: -1 } : item));
    queryClient.setQueryData<{ items: { id: string; v: number }[] }>(
      LIST,
      (old) => old && { ...old, items: guess(old.items) },
    );
  },
  rewritePages: ({ queryClient }) =>
    void queryClient.setQueryData<object>(PAGES, (old) => old && { ...old }),
  hydrateOld({ queryClient }) {
    for (const query of oldState.queries) query.state.dataUpdatedAt = Date.now() + 1;
    hydrate(queryClient, oldState);
    oldState = dehydrate(queryClient);
  },
} satisfies Record<string, (app: App, row: string) => void>;

type Operation = keyof typeof operations;

/** The commonest things happen more often. */
const OFTEN: Operation[] = ['change', 'change', 'move', 'movePages', 'nextPage', 'changeX'];

export interface Step {
  does: Operation;
  row: string;
  waitMs: number;
}

export const histories: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    does: fc.constantFrom(...(Object.keys(operations) as Operation[]), ...OFTEN),
    waitMs: fc.constantFrom(0, 0, 1, 5, 20, 60, 200, 1500, 12_000),
    row: fc.constantFrom('a', 'b', 'c'),
  }),
  { minLength: 1, maxLength: 25 },
);

/** Lets everything happen, one thing after the other. */
export async function play(app: App, history: readonly Step[]): Promise<void> {
  oldState = dehydrate(new QueryClient());
  for (const { does, row, waitMs } of history) {
    operations[does](app, row);
    await vi.advanceTimersByTimeAsync(waitMs);
  }
}
