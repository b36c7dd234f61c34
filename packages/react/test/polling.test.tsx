import { onlineManager, useQuery } from '@tanstack/react-query';
import { screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';

import { usePollingFallback } from '../src/polling';
import { fakeTime, KEY, mount, pass, setUp, text, type FakeRest, type World } from './harness';

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
