import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { act, cleanup, render } from '@testing-library/react';
import { StrictMode, type ReactNode } from 'react';
import { afterEach, beforeEach, vi } from 'vitest';

import { FakeServer } from '../../client/test/fake-server';
import { FakeRest, KEY, TOPIC, type Item } from '../../query/test/fake-rest';
import {
  useRealtimeSync,
  WebSocketProvider,
  type UseRealtimeSyncOptions,
  type WebSocketOptions,
} from '../src/index';

export { sleep } from '../../query/test/fake-rest';
export { FakeRest, FakeServer, KEY, TOPIC, type Item };

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
