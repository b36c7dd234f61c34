// Against the real Go server: what the server itself counts.

import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { StrictMode, type ReactNode } from 'react';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';

import { Network, RealServer } from '../../client/test/real-server';
import { useRealtimeSync, WebSocketProvider, type WebSocketOptions } from '../src/index';

const server = new RealServer();
const network = new Network(() => server.port);
let url = '';

/** What REST would answer: the last payload of each entity. */
const rows = new Map<string, number>();
const publish = async (id: string, v: number) => {
  rows.set(id, v);
  await server.publish('list-items:1', { id, v }, id);
};
const truth = () => JSON.stringify(Object.fromEntries(rows));

const until = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 30_000, interval: 10 });
const shown = () => screen.getByTestId('board').textContent;

function Board() {
  const queryKey = ['list-items', '1'];
  const { data } = useQuery({ queryKey, queryFn: () => Promise.resolve(truth()) });
  useRealtimeSync({ topic: 'list-items:1', queryKey });
  return <div data-testid="board">{data}</div>;
}

function app(options: WebSocketOptions = {}): ReactNode {
  const all = {
    url,
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    reconnectInterval: 20,
    reconnectMaxInterval: 100,
    ...options,
  };
  return (
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <WebSocketProvider options={all}>
          <Board />
        </WebSocketProvider>
      </QueryClientProvider>
    </StrictMode>
  );
}

const queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });

beforeAll(async () => {
  await server.start();
  url = await network.open();
});
afterEach(async () => {
  cleanup();
  queryClient.clear();
  await until(async () => expect(await server.sessions()).toBe(0));
});
afterAll(async () => {
  await network.close();
  await server.close();
});

test('StrictMode and a change of identity: exactly one open socket', async () => {
  const view = render(app({ identity: 'anna' }));
  await until(async () => expect(await server.sessions()).toBe(1));
  view.rerender(app({ identity: 'ben' }));
  view.rerender(app({ identity: 'ben' }));
  await until(async () => expect(await server.sessions()).toBe(1));
  // The new user's data is fetched without waiting for the socket; what changes after that is not.
  await publish('a', 1);
  await until(() => expect(shown()).toBe(truth()));
  expect(await server.sessions()).toBe(1);
});

test('a network that breaks all the time: the screen ends equal to the server', async () => {
  render(app());
  for (let i = 1; i <= 100; i++) {
    await publish(String(i % 7), i);
    if (i % 15 === 0) network.cut();
  }
  await until(() => expect(shown()).toBe(truth()));
});

test('the server is killed and comes back', async () => {
  render(app());
  await publish('a', 2);
  await until(() => expect(shown()).toBe(truth()));
  await server.kill();
  await server.start();
  await publish('a', 3);
  await until(() => expect(shown()).toBe(truth()));
});
