import { onlineManager, useQuery } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import { Fragment, type ReactNode } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';

import { usePollingFallback } from '../src/polling';
import {
  fakeTime,
  FakeServer,
  KEY,
  mount,
  pass,
  setUp,
  text,
  type FakeRest,
  type World,
} from './harness';

fakeTime();
afterEach(() => {
  onlineManager.setOnline(true);
  setVisibility('visible');
});

function setVisibility(state: 'visible' | 'hidden'): void {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
}

const INTERVAL_MS = 10_000;

function Polled({ rest, intervalMs }: { rest: FakeRest; intervalMs?: number }) {
  const { data } = useQuery({ queryKey: [...KEY], queryFn: () => rest.get() });
  usePollingFallback({ queryKey: [...KEY], intervalMs });
  return <p data-testid="polled">{text(data)}</p>;
}

const shown = () => screen.getAllByTestId('polled')[0]?.textContent;

/** An app that was connected and is no more. */
async function cutOff(children: (world: World) => React.ReactNode) {
  const world = setUp();
  vi.mocked(Math.random).mockReturnValue(0.5);
  const view = mount(world, children(world));
  await pass(500);
  const { requests } = world.rest;
  world.server.down = true;
  world.server.socket.end();
  await pass(100);
  return { ...world, view, polls: () => world.rest.requests - requests };
}

test('nothing is polled while connected', async () => {
  const world = setUp();
  mount(world, <Polled rest={world.rest} />);
  await pass(60_000);
  expect(world.rest.requests).toBe(1);
});

test('polls while cut off, and shows what it finds', async () => {
  const { rest, polls } = await cutOff(({ rest: r }) => <Polled rest={r} />);
  rest.rows.set('a', { id: 'a', v: 1 });
  await pass(INTERVAL_MS);
  expect(polls()).toBe(1);
  expect(shown()).toBe('a1');
  await pass(INTERVAL_MS * 3);
  expect(polls()).toBe(4);
});

test('one poll per query, however many components ask; the shortest interval counts', async () => {
  const { polls } = await cutOff(({ rest }) => [
    <Polled key="1" rest={rest} />,
    <Polled key="2" rest={rest} />,
    <Polled key="3" rest={rest} intervalMs={5000} />,
  ]);
  await pass(INTERVAL_MS);
  expect(polls()).toBe(2);
});

test('a render does not put the poll off, with an inline key', async () => {
  const { rest, view, polls } = await cutOff(({ rest: r }) => <Polled rest={r} />);
  for (let i = 0; i < 12; i++) {
    view.show(<Polled rest={rest} />);
    await pass(1000);
  }
  expect(polls()).toBe(1);
});

test('hidden and offline tabs are left in peace', async () => {
  const { polls } = await cutOff(({ rest }) => <Polled rest={rest} />);
  setVisibility('hidden');
  await pass(INTERVAL_MS * 3);
  expect(polls()).toBe(0);
  setVisibility('visible');
  onlineManager.setOnline(false);
  await pass(INTERVAL_MS * 3);
  expect(polls()).toBe(0);
});

test('one last refetch when the connection is back', async () => {
  const { rest, server, polls } = await cutOff(({ rest: r }) => <Polled rest={r} />);
  rest.rows.set('a', { id: 'a', v: 7 });
  server.down = false;
  await pass(21_000);
  expect(shown()).toBe('a7');
  const after = polls();
  await pass(INTERVAL_MS * 5);
  expect(polls()).toBe(after);
});

describe('two connections', () => {
  async function cutOffFromOne() {
    const world = setUp();
    const { rest, wrap } = world;
    vi.mocked(Math.random).mockReturnValue(0.5);
    const other = new FakeServer();
    const at = { WebSocket: other.WebSocket };
    const polled = <Polled key="1" rest={rest} intervalMs={INTERVAL_MS / 2} />;
    const app = (hasSecond = true, more: ReactNode = null) => [
      <Fragment key="1">{wrap([polled, more])}</Fragment>,
      hasSecond && <Fragment key="2">{wrap(<Polled rest={rest} />, at)}</Fragment>,
    ];
    const view = render(<>{app()}</>);
    await pass(500);
    const { requests } = rest;
    other.down = true;
    other.socket.end();
    await pass(100);
    const leaveSecond = () => view.rerender(<>{app(false)}</>);
    const joinFirst = () =>
      view.rerender(<>{app(true, <Polled key="2" rest={rest} intervalMs={INTERVAL_MS / 2} />)}</>);
    return { ...world, other, leaveSecond, joinFirst, polls: () => rest.requests - requests };
  }

  test('who is cut off from either is polled for, as often as those ask who are', async () => {
    const { polls } = await cutOffFromOne();
    await pass(INTERVAL_MS * 3);
    expect(polls()).toBe(3);
  });

  test('cut off from both: a query is polled once for both, as often as the shorter says', async () => {
    const { server, polls } = await cutOffFromOne();
    server.down = true;
    server.socket.end();
    await pass(INTERVAL_MS * 2 + 100);
    expect(polls()).toBe(4);
  });

  test('back at one: refetched once, and polled for the other', async () => {
    const { server, other, polls } = await cutOffFromOne();
    server.down = true;
    server.socket.end();
    await pass(INTERVAL_MS / 5);
    other.down = false;
    await pass(INTERVAL_MS / 5 + INTERVAL_MS * 2);
    expect(polls()).toBe(5);
  });

  test('who joins at the one that is there has missed nothing', async () => {
    const { joinFirst, polls } = await cutOffFromOne();
    await pass(INTERVAL_MS + 100);
    expect(polls()).toBe(1);
    joinFirst();
    await pass(INTERVAL_MS / 2);
    expect(polls()).toBe(1);
  });

  test('the one that is cut off is left: nothing is polled any more', async () => {
    const { leaveSecond, polls } = await cutOffFromOne();
    leaveSecond();
    await pass(INTERVAL_MS * 5);
    expect(polls()).toBe(0);
  });
});

describe('nobody is logged in', () => {
  const app = ({ rest }: World) => <Polled rest={rest} />;

  test('nothing is polled, until the next user is cut off', async () => {
    const world = setUp({ options: { identity: null } });
    vi.mocked(Math.random).mockReturnValue(0.5);
    const { rest, server } = world;
    const view = mount(world, app(world));
    await pass(INTERVAL_MS * 5);
    expect(rest.requests).toBe(1);
    server.down = true;
    view.show(app(world), { identity: 'ben' });
    await pass(INTERVAL_MS * 3);
    expect(rest.requests).toBe(4);
  });

  test('a log-out ends the polling', async () => {
    const world = await cutOff(app);
    world.view.show(app(world), { identity: 'anna' });
    await pass(INTERVAL_MS);
    const before = world.polls();
    expect(before).toBeGreaterThan(0);
    world.view.show(app(world), { identity: null });
    await pass(INTERVAL_MS * 5);
    expect(world.polls()).toBe(before);
  });

  test('what was missed in between is fetched once', async () => {
    const world = setUp({ options: { identity: 'anna' } });
    const { rest } = world;
    const view = mount(world, app(world));
    await pass(500);
    view.show(app(world), { identity: null });
    await pass(INTERVAL_MS * 5);
    expect(rest.requests).toBe(1);
    view.show(app(world), { identity: 'anna' });
    await pass(INTERVAL_MS * 5);
    expect(rest.requests).toBe(2);
  });
});

test("a key that only the app's own queryKeyHashFn can hash", async () => {
  const queryKeyHashFn = (key: readonly unknown[]) => key.map(String).join();
  const world = setUp({ queries: { queryKeyHashFn } });
  const { rest, server } = world;
  function List() {
    const queryKey = [1n];
    const { data } = useQuery({ queryKey, queryFn: () => rest.get() });
    usePollingFallback({ queryKey });
    return <p data-testid="polled">{text(data)}</p>;
  }
  mount(world, <List />);
  await pass(500);
  rest.rows.set('a', { id: 'a', v: 1 });
  server.down = true;
  server.socket.end();
  await pass(INTERVAL_MS * 2);
  expect(shown()).toBe('a1');
});

test('a slow first connection: polled meanwhile, and once more when it is there', async () => {
  const world = setUp();
  vi.mocked(Math.random).mockReturnValue(0.5);
  const { rest, server } = world;
  server.latencyMs = INTERVAL_MS / 4;
  mount(world, <Polled rest={rest} intervalMs={INTERVAL_MS / 5} />);
  while (rest.requests < 2) await pass(10);
  server.latencyMs = 0;
  rest.rows.set('a', { id: 'a', v: 1 });
  await pass(INTERVAL_MS * 2);
  expect([shown(), rest.requests]).toEqual(['a1', 3]);
});

test('who has left is not polled for, and has missed nothing when it comes again', async () => {
  const { rest, server, view, polls } = await cutOff(({ rest: r }) => <Polled rest={r} />);
  function List() {
    useQuery({ queryKey: [...KEY], queryFn: () => rest.get() });
    return null;
  }
  view.show(<List />);
  server.down = false;
  await pass(INTERVAL_MS * 3);
  view.show(<Polled rest={rest} />);
  await pass(INTERVAL_MS * 3);
  expect(polls()).toBe(0);
});

test('jitter: not everybody polls at the same moment', async () => {
  const { polls } = await cutOff(({ rest }) => <Polled rest={rest} />);
  vi.mocked(Math.random).mockReturnValue(0);
  await pass(INTERVAL_MS);
  expect(polls()).toBe(1);
  await pass(INTERVAL_MS * 0.9);
  expect(polls()).toBe(2);
});

test('unmounted: no timer is left', async () => {
  const { view, queryClient } = await cutOff(({ rest }) => <Polled rest={rest} />);
  view.unmount();
  await pass(100);
  queryClient.clear();
  expect(vi.getTimerCount()).toBe(0);
});
