// The binding in Vue, against the fake server.

import { QueryClient, useQuery, VueQueryPlugin } from '@tanstack/vue-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createApp, defineComponent, h, ref, type Component } from 'vue';

import { FakeServer } from '../../client/test/fake-server';
import { FakeRest, KEY, TOPIC, type Item } from '../../query/test/fake-rest';
import { provideTidings, useConnectionStatus, useRealtimeSync } from '../src/index';

beforeEach(() => void vi.useFakeTimers());
afterEach(async () => {
  await vi.advanceTimersByTimeAsync(6000);
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const text = (items: Item[] | undefined) => items?.map(({ id, v }) => `${id}${v}`).join(' ');

function setUp() {
  const server = new FakeServer();
  const rest = new FakeRest(server);
  rest.rows.set('a', { id: 'a', v: 0 });
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const enabled = ref(true);
  const identity = ref('anna');

  const Board = defineComponent(() => {
    const { data } = useQuery({ queryKey: KEY, queryFn: ({ signal }) => rest.get(signal) });
    const topic = useRealtimeSync({ topic: TOPIC, queryKey: KEY, enabled });
    const connection = useConnectionStatus();
    return () => [text(data.value), topic.value.state, connection.value.state].join(' | ');
  });
  const App = defineComponent(() => {
    provideTidings(() => ({
      url: 'wss://host/ws',
      WebSocket: server.WebSocket,
      identity: identity.value,
    }));
    return () => h(Board);
  });
  return { server, rest, queryClient, enabled, identity, App, Board };
}

function mount(queryClient: QueryClient, component: Component) {
  const element = document.createElement('div');
  const app = createApp(component);
  app.use(VueQueryPlugin, { queryClient }).mount(element);
  return { app, shown: () => element.textContent };
}

test('shows what the server has, and every change of it', async () => {
  const { rest, server, queryClient, App } = setUp();
  const { app, shown } = mount(queryClient, App);
  await pass(500);
  expect(shown()).toBe('a0 | live | connected');
  const before = rest.requests;
  rest.put('a', 1);
  await pass(500);
  expect(shown()).toBe('a1 | live | connected');
  expect(rest.requests).toBe(before + 1);
  app.unmount();
  await pass(5000);
  expect(server.open).toHaveLength(0);
});

test('what was missed while the connection was away is fetched', async () => {
  const { rest, server, queryClient, App } = setUp();
  const { app, shown } = mount(queryClient, App);
  await pass(500);
  server.socket.end();
  await pass(10);
  expect(shown()).toBe('a0 | waiting | reconnecting');
  rest.put('a', 2);
  await pass(30_000);
  expect(shown()).toBe('a2 | live | connected');
  app.unmount();
});

test('refs are followed: off is silence, on again fetches what was missed', async () => {
  const { rest, queryClient, enabled, App } = setUp();
  const { app, shown } = mount(queryClient, App);
  await pass(500);
  enabled.value = false;
  await pass(2000);
  rest.put('a', 3);
  await pass(500);
  expect(shown()).toBe('a0 | off | connected');
  enabled.value = true;
  await pass(500);
  expect(shown()).toBe('a3 | live | connected');
  app.unmount();
});

test('a refused topic says so, and another user gets nothing of the last', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const { rest, server, queryClient, identity, App } = setUp();
  const { app, shown } = mount(queryClient, App);
  await pass(500);
  rest.failing = true;
  server.forbidden.add(TOPIC);
  identity.value = 'ben';
  await pass(500);
  expect(shown()).toBe(' | refused | connected');
  app.unmount();
});

test('without a provider the error says what is missing', () => {
  const { queryClient, Board } = setUp();
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  expect(() => mount(queryClient, Board)).toThrow(/TIDINGS-R1.*no provideTidings/);
});

test('the QueryClient is of another copy of query-core than the bridge was written against', async () => {
  const mine = await import('@tanstack/query-core');
  expect(setUp().queryClient).not.toBeInstanceOf(mine.QueryClient);
});
