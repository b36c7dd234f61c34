// What events keep current counts as fresh, and nothing is fetched twice.

import {
  focusManager,
  QueryClient,
  QueryClientProvider,
  useQuery,
  useSuspenseQuery,
} from '@tanstack/react-query';
import { act, render } from '@testing-library/react';
import { Suspense } from 'react';
import { afterEach, expect, test } from 'vitest';

import { useRealtimeSync, WebSocketProvider } from '../src/index';
import { Board, fakeTime, KEY, mount, pass, setUp, text, TOPIC, type FakeRest } from './harness';

fakeTime();
afterEach(() => focusManager.setFocused(undefined));

const BOARDS = 20;

function ManyBoards({ rest }: { rest: FakeRest }) {
  return Array.from({ length: BOARDS }, (_, i) => <OneOfMany key={i} id={i} rest={rest} />);
}
function OneOfMany({ id, rest }: { id: number; rest: FakeRest }) {
  const queryKey = ['boards', id];
  useQuery({ queryKey, queryFn: () => rest.get() });
  useRealtimeSync({ topic: `boards:${id}`, queryKey });
  return null;
}

const focus = () =>
  act(() => {
    focusManager.setFocused(false);
    focusManager.setFocused(true);
  });

/** An app as the README has it: `new QueryClient()`, and no more. */
function plainApp() {
  const world = setUp();
  const queryClient = new QueryClient();
  const { server } = world;
  const show = (children: React.ReactNode) =>
    render(
      <QueryClientProvider client={queryClient}>
        <WebSocketProvider options={{ url: 'wss://host/ws', WebSocket: server.WebSocket }}>
          {children}
        </WebSocketProvider>
      </QueryClientProvider>,
    );
  return { ...world, queryClient, show };
}

test('twenty live boards of a plain QueryClient: a window focus fetches none', async () => {
  const { rest, show } = plainApp();
  show(<ManyBoards rest={rest} />);
  await pass(1000);
  const before = rest.requests;
  focus();
  await pass(1000);
  expect(rest.requests).toBe(before);
});

test('while the connection is away, a window focus fetches', async () => {
  const { rest, server, show } = plainApp();
  show(<Board rest={rest} />);
  await pass(1000);
  server.down = true;
  server.socket.end();
  await pass(100);
  const before = rest.requests;
  focus();
  await pass(100);
  expect(rest.requests).toBe(before + 1);
});

test('what no topic keeps right is fetched as ever', async () => {
  const { rest, show } = plainApp();
  function Unsynced() {
    useQuery({ queryKey: ['other'], queryFn: () => rest.get() });
    return null;
  }
  show(<Unsynced />);
  await pass(1000);
  focus();
  await pass(1000);
  expect(rest.requests).toBe(2);
});

test("an app's own staleTime holds: of the query, and of the QueryClient", async () => {
  const { rest, show } = plainApp();
  show(<Board rest={rest} query={{ staleTime: 0 }} />);
  await pass(1000);
  const before = rest.requests;
  focus();
  await pass(1000);
  expect(rest.requests).toBe(before + 1);
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: 5 } } });
  render(
    <QueryClientProvider client={client}>
      <WebSocketProvider options={{ url: 'wss://host/ws', reconnect: false, identity: null }} />
    </QueryClientProvider>,
  );
  expect(client.getDefaultOptions().queries?.staleTime).toBe(5);
});

test('a component that joins a live board fetches nothing', async () => {
  const { rest, queryClient, show } = plainApp();
  const view = show(<Board rest={rest} />);
  await pass(1000);
  const before = rest.requests;
  await queryClient.prefetchQuery({ queryKey: KEY, queryFn: () => rest.get() });
  expect(rest.requests).toBe(before);
  view.unmount();
});

// The first load of a page whose user becomes known in the commit that starts its queries.

function Suspended({ rest }: { rest: FakeRest }) {
  const { data } = useSuspenseQuery({ queryKey: KEY, queryFn: () => rest.get() });
  useRealtimeSync({ topic: TOPIC, queryKey: KEY });
  return <div data-testid="board">{text(data)}</div>;
}

test.each([
  ['useQuery', (rest: FakeRest) => <Board rest={rest} />],
  [
    'useSuspenseQuery',
    (rest: FakeRest) => (
      <Suspense fallback="loading">
        <Suspended rest={rest} />
      </Suspense>
    ),
  ],
])('the log-in and the first query in one commit: one fetch (%s)', async (_, board) => {
  const world = setUp({ options: { identity: null } });
  const { rest } = world;
  rest.positions = true;
  const view = mount(world, null);
  await pass(100);
  view.show(board(rest), { identity: 'anna' });
  await pass(3000);
  expect(view.container.textContent).toBe('a0');
  expect(rest.requests).toBe(1);
});

test('what was fetched before the log-in is fetched again after it', async () => {
  const world = setUp({ options: { identity: null } });
  const { rest } = world;
  rest.positions = true;
  const view = mount(world, <Board rest={rest} />);
  await pass(100);
  expect(rest.requests).toBe(1);
  view.show(<Board rest={rest} />, { identity: 'anna' });
  await pass(3000);
  expect(rest.requests).toBe(2);
});

test('without positions: what is fetched after its topic has answered is fetched once', async () => {
  const world = setUp();
  const { rest } = world;
  function Other() {
    useQuery({ queryKey: ['other'], queryFn: () => rest.get() });
    useRealtimeSync({ topic: TOPIC, queryKey: ['other'] });
    return null;
  }
  const first = <Board key="first" rest={rest} />;
  const view = mount(world, [first]);
  await pass(1000);
  const before = rest.requests;
  view.show([first, <Other key="other" />]);
  await pass(1000);
  expect(rest.requests).toBe(before + 1);
});

test('… but not what was fetched before an event that nobody applied to it', async () => {
  const world = setUp();
  const { rest, queryClient } = world;
  function Other() {
    const { data } = useQuery({ queryKey: ['other'], queryFn: () => rest.get() });
    useRealtimeSync({ topic: TOPIC, queryKey: ['other'] });
    return <p data-testid="other">{text(data)}</p>;
  }
  const first = <Board key="first" rest={rest} />;
  const view = mount(world, [first]);
  await pass(1000);
  await act(async () => {
    const prefetched = queryClient.prefetchQuery({
      queryKey: ['other'],
      queryFn: () => rest.get(),
    });
    await pass(200);
    await prefetched;
  });
  rest.put('a', 1);
  await pass(1000);
  view.show([first, <Other key="other" />]);
  await pass(1000);
  expect(view.getByTestId('other').textContent).toBe('a1');
});
