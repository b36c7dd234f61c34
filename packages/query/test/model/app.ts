// The app of the model: its queries, its hooks, and its optimistic changes.

import {
  InfiniteQueryObserver,
  MutationObserver,
  QueryClient,
  QueryObserver,
  type InfiniteData,
  type QueryKey,
} from '@tanstack/query-core';
import { createClient, type WSEvent, type WSEventType } from '@tidings/client';
import { watchPresence } from '@tidings/client/presence';

import {
  bridgeOf,
  changeUser,
  expectUser,
  layersOf,
  newMutationId,
  syncTopic,
} from '../../src/index';
import { core } from '../core';
import { KEY, TOPIC, type Item } from '../fake-rest';
import { DUO_TOPICS, PAGE_ROWS, type Backend, type Sheet } from './backend';

/** All that the list's topic keeps right is under one key. */
export const LIST = [...KEY, 'rows'];
export const PAGES = [...KEY, 'pages'];
export const ITEM = [...KEY, 'item'];
/** Two topics keep this one right. */
export const DUO = ['duo'];

/** One `useRealtimeSync`, as an app may write it. */
export interface Hook {
  queryKey: QueryKey;
  /** What `onEvent` does: nothing is there, it writes the list or all data, logs, throws… */
  handler: 'none' | 'list' | 'all' | 'elsewhere' | 'logs' | 'throws';
  debounceMs: number;
  events?: WSEventType[] | undefined;
}

/** The ways in which apps fetch and write. */
export interface Flavour {
  positions: boolean;
  usesSignal: boolean;
  staleTime: number;
  refetchOnMount: boolean;
  /** How often a read that failed is tried again: of a query with pages it goes on where it was. */
  retries: number;
  /** What query functions write besides: the list its item, both each other, the list itself. */
  seeds: 'nothing' | 'item' | 'eachOther' | 'itself';
  /** The first listens to all events for all data; the second as it likes. */
  hooks: [Hook, Hook];
  duoHandler: Hook['handler'];
}

type Undo = () => void;

/** The hooks of the list's topic, and all. */
export const HOOKS = ['hook 0', 'hook 1'];
/** How long a failed read waits before it is tried again, in milliseconds. */
const RETRY_DELAY_MS = 50;

export const ALL_HOOKS = [...HOOKS, 'duo hook 0', 'duo hook 1'];

export class App {
  readonly queryClient;
  readonly bridge;
  private readonly options;
  readonly client;
  /** What is mounted, by name. */
  private readonly mounted = new Map<string, Undo[]>();
  private pages: InfiniteQueryObserver<Sheet> | undefined;
  /** How often an optimistic change was applied. */
  folds = 0;
  /** Events that a hook was told of twice. */
  readonly repeated: string[] = [];

  constructor(
    readonly flavour: Flavour,
    readonly backend: Backend,
  ) {
    this.queryClient = new QueryClient({
      defaultOptions: {
        queries: { retry: flavour.retries, retryDelay: RETRY_DELAY_MS },
        // No timer of theirs shall be taken for one of the bridge's.
        mutations: { retry: false, networkMode: 'always', gcTime: Infinity },
      },
    });
    this.bridge = bridgeOf(core, this.queryClient);
    backend.positions = flavour.positions;
    this.options = { url: 'wss://host/ws', WebSocket: backend.server.WebSocket };
    this.client = createClient({ ...this.options, identity: backend.user });
    bridgeOf(core, this.queryClient, this.client);
    expectUser(this.client, backend.user);
    changeUser(this.client, backend.user);
    this.queryClient.mount();
    this.client.connect();
  }

  // Queries.

  private read(make: (user: string) => Sheet, signal: AbortSignal, topics = [TOPIC]) {
    return this.backend.read(make, topics, this.flavour.usesSignal ? signal : undefined);
  }

  get listQuery() {
    const { staleTime, refetchOnMount } = this.flavour;
    return {
      queryKey: LIST,
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const sheet = await this.read(this.backend.sheets.list, signal);
        this.seed(sheet);
        return sheet;
      },
      staleTime,
      refetchOnMount,
    };
  }

  private get itemQuery() {
    return {
      queryKey: ITEM,
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const sheet = await this.read(this.backend.sheets.item, signal);
        if (this.flavour.seeds === 'eachOther') this.write(LIST, (old) => withItems(old, sheet));
        return sheet;
      },
      staleTime: this.flavour.staleTime,
    };
  }

  private get duoQuery() {
    return {
      queryKey: DUO,
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        this.read(this.backend.sheets.duo, signal, [...DUO_TOPICS]),
      staleTime: this.flavour.staleTime,
    };
  }

  /** Writes what a list that was read tells of other queries. */
  private seed(sheet: Sheet): void {
    const { seeds } = this.flavour;
    if (seeds === 'itself') this.queryClient.setQueryData(LIST, { ...sheet });
    if (seeds !== 'item' && seeds !== 'eachOther') return;
    const items = sheet.items.filter(({ id }) => id === 'a');
    this.queryClient.setQueryData<Sheet>(ITEM, { ...sheet, items });
  }

  private write(key: QueryKey, update: (old: Sheet) => Sheet): void {
    this.queryClient.setQueryData<Sheet>(key, (old) => old && update(old));
  }

  private mount(name: string, undo: Undo): void {
    const undos = this.mounted.get(name) ?? [];
    this.mounted.set(name, undos);
    undos.push(undo);
  }

  isMounted = (name: string): boolean => !!this.mounted.get(name)?.length;

  unmount(name: string): void {
    this.mounted.get(name)?.pop()?.();
  }

  mountList(): void {
    const observer = new QueryObserver(this.queryClient, this.listQuery);
    this.mount(
      'list',
      observer.subscribe(() => {}),
    );
  }
  mountItem(): void {
    const observer = new QueryObserver(this.queryClient, this.itemQuery);
    this.mount(
      'item',
      observer.subscribe(() => {}),
    );
  }
  mountDuo(): void {
    const observer = new QueryObserver(this.queryClient, this.duoQuery);
    this.mount(
      'duo',
      observer.subscribe(() => {}),
    );
  }
  mountPages(): void {
    const { sheets } = this.backend;
    this.pages = new InfiniteQueryObserver(this.queryClient, {
      queryKey: PAGES,
      queryFn: ({ signal, pageParam }) => this.read((user) => sheets.page(pageParam, user), signal),
      initialPageParam: 0,
      getNextPageParam: (_page: Sheet, pages: Sheet[]) =>
        pages.length < PAGE_ROWS.length ? pages.length : undefined,
      staleTime: this.flavour.staleTime,
    }) as unknown as InfiniteQueryObserver<Sheet>;
    this.mount(
      'pages',
      this.pages.subscribe(() => {}),
    );
  }
  refetchPages(): void {
    void this.pages?.refetch().catch(() => {});
  }
  nextPage(): void {
    void this.pages?.fetchNextPage().catch(() => {});
  }

  // Hooks.

  sync(which: 0 | 1): void {
    const hook = this.flavour.hooks[which];
    this.mount(`hook ${which}`, this.listen(TOPIC, hook));
  }
  syncDuo(which: 0 | 1): void {
    const hook: Hook = { queryKey: DUO, handler: this.flavour.duoHandler, debounceMs: 0 };
    this.mount(`duo hook ${which}`, this.listen(DUO_TOPICS[which], hook));
  }
  private listen(topic: string, { queryKey, handler, debounceMs, events }: Hook): Undo {
    const told = new Set<string>();
    const onEvent = (event: WSEvent) => {
      const place = `${topic}@${event.epoch}.${event.seq}`;
      if (told.has(place)) this.repeated.push(place);
      told.add(place);
      this.handle(event, handler);
    };
    const wishes = { debounceMs, events, ...(handler === 'none' ? {} : { onEvent }) };
    return syncTopic(this.bridge, this.client, topic, queryKey, () => wishes);
  }
  unsync(names: readonly string[] = HOOKS): void {
    for (const name of names) while (this.isMounted(name)) this.unmount(name);
  }
  /** Whether all of the list's data is kept right. */
  get isSynced(): boolean {
    return this.isMounted('hook 0') && !this.backend.hasRefused;
  }
  /** The presence of a topic shares its subscription, and asks anew for it. */
  watch(): void {
    this.mount(
      'presence',
      watchPresence(this.client, TOPIC, () => {}),
    );
  }

  private handle(event: WSEvent, how: Hook['handler']): void {
    if (how === 'throws') throw new Error('the handler failed');
    if (how === 'logs') return;
    const item = event.data.payload as Item;
    const isGone = event.event === 'DELETED';
    const take = (old: Sheet) => (isGone ? without(old, item.id) : withItem(old, item));
    if (event.topic !== TOPIC) return this.write(DUO, take);
    this.write(LIST, take);
    if (how === 'elsewhere') this.write(DUO, (old) => withItem(old, { id: 'x', v: -5 }));
    if (how !== 'all') return;
    if (item.id === 'a') this.write(ITEM, take);
    this.queryClient.setQueryData<InfiniteData<Sheet>>(
      PAGES,
      (old) =>
        old && {
          ...old,
          pages: old.pages.map((page, i) => (PAGE_ROWS[i] === item.id ? take(page) : page)),
        },
    );
  }

  // Optimistic changes.

  private show<Data>(key: QueryKey, update: (old: Data) => Data, mutationId?: string) {
    const { add } = layersOf(core, this.queryClient);
    return Promise.resolve(add(key, update as (data: unknown) => unknown, mutationId));
  }
  private showOnList(row: string, v: number, mutationId?: string) {
    return this.show<Sheet>(
      LIST,
      (old) => {
        this.folds++;
        return withKnown(old, { id: row, v });
      },
      mutationId,
    );
  }
  /** Marks the first page: to apply it twice, or to keep it, would be seen. */
  private showOnPages(v: number, mutationId?: string) {
    return this.show<InfiniteData<Sheet>>(
      PAGES,
      (old) => {
        this.folds++;
        const [first, ...rest] = old.pages;
        if (!first) return old;
        const marked = { ...first, items: [...first.items, { id: 'mark', v }] };
        return { ...old, pages: [marked, ...rest] };
      },
      mutationId,
    );
  }

  /** As our own documentation shows it. */
  move(row: string, fails = false): void {
    this.mutate(row, fails, async (v, id) => ({ rollback: await this.showOnList(row, v, id) }));
  }
  movePages(row: string, fails = false): void {
    this.mutate(row, fails, async (v, id) => ({
      undo: { list: [await this.showOnList(row, v, id)], pages: await this.showOnPages(v, id) },
    }));
  }
  /** Carries no id, and never commits. */
  seedMove(row: string): void {
    this.mutate(row, false, async (v) => ({ rollback: await this.showOnList(row, v) }), false);
  }
  /** Its onMutate fails, after what it showed. */
  brokenMove(row: string): void {
    this.mutate(row, false, async (v, id) => {
      await this.showOnList(row, v, id);
      throw new Error('a bug of the app');
    });
  }
  private mutate(
    row: string,
    fails: boolean,
    show: (v: number, mutationId: string) => Promise<unknown>,
    sendsId = true,
  ): void {
    const v = this.backend.nextVersion();
    const mutationId = newMutationId();
    const observer = new MutationObserver(this.queryClient, {
      mutationFn: () => this.backend.write(row, v, fails, sendsId ? mutationId : undefined),
      onMutate: () => show(v, mutationId),
    });
    void observer.mutate().catch(() => {});
  }

  /** Another user, as the provider does it. */
  login(): void {
    this.backend.user = this.backend.user === 'anna' ? 'ben' : 'anna';
    expectUser(this.client, this.backend.user);
    changeUser(this.client, this.backend.user);
    this.client.configure({ ...this.options, identity: this.backend.user });
  }

  close(): void {
    for (const undos of this.mounted.values()) undos.splice(0).forEach((undo) => undo());
    this.client.disconnect();
    this.queryClient.unmount();
    this.queryClient.clear();
  }
}

const without = (sheet: Sheet, id: string): Sheet => ({
  ...sheet,
  items: sheet.items.filter((item) => item.id !== id),
});

/** Changes a row that is there. */
const withKnown = (sheet: Sheet, item: Item): Sheet => ({
  ...sheet,
  items: sheet.items.map((known) => (known.id === item.id ? item : known)),
});

/** Changes a row, or adds it. */
const withItem = (sheet: Sheet, item: Item): Sheet =>
  sheet.items.some(({ id }) => id === item.id)
    ? withKnown(sheet, item)
    : { ...sheet, items: [...sheet.items, item] };

const withItems = (sheet: Sheet, { items }: Sheet): Sheet => items.reduce(withItem, sheet);
