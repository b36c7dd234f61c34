import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { act, cleanup, render } from '@testing-library/react';
import { StrictMode, type ReactNode } from 'react';
import { afterEach, beforeEach, vi } from 'vitest';

import { FakeServer } from '../../client/test/fake-server';
import {
  useRealtimeSync,
  WebSocketProvider,
  tagPosition,
  type UseRealtimeSyncOptions,
  type WebSocketOptions,
} from '../src/index';

export { FakeServer };

/** A card on the fake server's board. */
export interface Item {
  id: string;
  v: number;
}

export const TOPIC = 'list-items:1';
export const KEY = ['list-items', '1'];

/** REST over the same truth as the fake server's topics. */
export class FakeRest {
  readonly rows = new Map<string, Item>();
  /** From the request to the read, and from the read to the response, in milliseconds. */
  upMs = 10;
  downMs = 40;
  /** Whether responses carry a position. */
  positions = false;
  failing = false;
  hung = false;
  /** A request that hangs is given up after this long, in milliseconds. */
  timeoutMs = 2 ** 31 - 1;
  requests = 0;
  inFlight = 0;
  mostInFlight = 0;

  constructor(readonly server: FakeServer) {}

  get list(): Item[] {
    return [...this.rows.values()];
  }

  /** Changes a row and publishes the event, as one commit. */
  put(id: string, v: number, more: { mutation_id?: string } = {}): void {
    const isNew = !this.rows.has(id);
    const item = { id, v };
    this.rows.set(id, item);
    this.server.publish(TOPIC, item, isNew ? 'ADDED' : 'UPDATED', { entity_id: id, ...more });
  }

  delete(id: string): void {
    const item = this.rows.get(id);
    if (!item) return;
    this.rows.delete(id);
    this.server.publish(TOPIC, item, 'DELETED', { entity_id: id });
  }

  /** A mutation over REST: committed half-way, answered later. */
  async write(id: string, v: number, fails: boolean, mutation_id?: string): Promise<Item> {
    await sleep(this.upMs);
    if (fails || !this.rows.has(id)) throw new Error('422');
    this.put(id, v, mutation_id ? { mutation_id } : {});
    await sleep(this.downMs);
    return { id, v };
  }

  async get(signal?: AbortSignal): Promise<Item[]> {
    this.requests++;
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    try {
      const hangs = this.hung;
      await sleep(this.upMs, signal);
      if (hangs) await this.hang(signal);
      if (this.failing) throw new Error('503');
      const header = this.positions ? this.server.header(TOPIC) : null;
      const body = JSON.stringify(this.list);
      await sleep(this.downMs, signal);
      return tagPosition(JSON.parse(body) as Item[], header);
    } finally {
      this.inFlight--;
    }
  }

  private async hang(signal?: AbortSignal): Promise<never> {
    await sleep(this.timeoutMs, signal);
    throw new Error('timeout');
  }
}

/** Resolves after so many (fake) milliseconds; rejects when aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('aborted', 'AbortError'));
    });
  });
}

/**
 * Lets this much (fake) time pass. React renders at the end of each step, so that what is on the
 * screen in between is seen as well.
 */
export async function pass(ms = 10, stepMs = Math.max(2, ms / 250)): Promise<void> {
  for (let left = ms; left > 0; left -= stepMs) {
    await act(() => vi.advanceTimersByTimeAsync(Math.min(stepMs, left)));
  }
  await act(() => vi.advanceTimersByTimeAsync(0));
}

/** Fake time for every test of a file, and nothing left behind by any. */
export function fakeTime(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(Math, 'random').mockReturnValue(0);
  });
  afterEach(async () => {
    cleanup();
    await vi.advanceTimersByTimeAsync(5000);
    vi.useRealTimers();
  });
}

export interface Setup {
  strict?: boolean;
  options?: WebSocketOptions;
  queries?: object;
}

/** A server, its REST, and an app around them. */
export function setUp({ strict = false, options = {}, queries = {} }: Setup = {}) {
  const server = new FakeServer();
  const rest = new FakeRest(server);
  rest.rows.set('a', { id: 'a', v: 0 });
  const queryClient = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Infinity, ...queries } },
  });
  const all = { url: 'wss://host/ws', WebSocket: server.WebSocket, ...options };

  const wrap = (children: ReactNode, more: WebSocketOptions = {}) => {
    const app = (
      <QueryClientProvider client={queryClient}>
        <WebSocketProvider options={{ ...all, ...more }}>{children}</WebSocketProvider>
      </QueryClientProvider>
    );
    return strict ? <StrictMode>{app}</StrictMode> : app;
  };
  const cached = () => queryClient.getQueryData<Item[]>(KEY);
  return { server, rest, queryClient, wrap, cached };
}

export type World = ReturnType<typeof setUp>;

/** Mounts an app; what it shows can be changed and taken away. */
export function mount(world: World, children: ReactNode) {
  const view = render(world.wrap(children));
  return {
    ...view,
    show: (next: ReactNode, more?: WebSocketOptions) => view.rerender(world.wrap(next, more)),
  };
}

/** Everything that a board has rendered. */
export const renders: string[] = [];

export const text = (items: Item[] | undefined) =>
  items ? items.map(({ id, v }) => `${id}${v}`).join(' ') : 'loading';

/** SEED.md's list, small. */
export function Board({
  rest,
  query = {},
  ...sync
}: { rest: FakeRest; query?: object } & Partial<UseRealtimeSyncOptions>) {
  const { data } = useQuery({
    queryKey: [...KEY],
    queryFn: ({ signal }) => rest.get(signal),
    ...query,
  });
  useRealtimeSync({ topic: TOPIC, queryKey: [...KEY], ...sync });
  const shown = text(data);
  if (renders.at(-1) !== shown) renders.push(shown);
  return <div data-testid="board">{shown}</div>;
}

beforeEach(() => void renders.splice(0));
