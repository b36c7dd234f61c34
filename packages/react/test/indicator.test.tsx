import { act, screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';

import { FLICKER_MS } from '../src/ConnectionIndicator';
import { ConnectionIndicator, ConnectionIndicatorCompact } from '../src/indicator';
import { fakeTime, mount, pass, setUp } from './harness';

fakeTime();

const status = () => screen.getByRole('status');

test('says the state in words, not in colour alone', async () => {
  const world = setUp();
  mount(world, <ConnectionIndicator />);
  expect(status().textContent).toMatch(/Connecting/);
  await pass(100);
  expect(status().textContent).toMatch(/Connected/);
});

test('an interruption of under a second is not shown; a longer one is', async () => {
  const world = setUp();
  mount(world, <ConnectionIndicator />);
  await pass(100);
  vi.mocked(Math.random).mockReturnValue(0.1);
  world.server.socket.end();
  await pass(FLICKER_MS / 2);
  expect(status().textContent).toMatch(/Connected/);
  await pass(FLICKER_MS);
  expect(status().textContent).toMatch(/Connected/);
  world.server.down = true;
  world.server.socket.end();
  await pass(FLICKER_MS + 100);
  expect(status().textContent).toMatch(/Reconnecting/);
});

test('a terminal error says why, and a button connects again', async () => {
  const world = setUp();
  mount(world, <ConnectionIndicator />);
  await pass(100);
  world.server.socket.end(3501, 'you logged out');
  await pass(FLICKER_MS + 100);
  expect(status().textContent).toMatch(/Connection failed.*you logged out/);
  act(() => screen.getByRole('button', { name: 'Reconnect' }).click());
  await pass(100);
  expect(status().textContent).toMatch(/Connected/);
  expect(screen.queryByRole('button')).toBeNull();
});

test('hideWhenConnected shows nothing while all is well, and speaks up when not', async () => {
  const world = setUp();
  mount(world, <ConnectionIndicator hideWhenConnected />);
  await pass(100);
  expect(status().textContent).toBe('');
  world.server.down = true;
  world.server.socket.end();
  await pass(FLICKER_MS + 100);
  expect(status().textContent).toMatch(/Reconnecting/);
});

test('compact: one symbol, with its words for screen readers and as a tooltip', async () => {
  const world = setUp();
  mount(world, <ConnectionIndicatorCompact className="mine" />);
  await pass(100);
  expect(status().title).toBe('Connected');
  expect(status().textContent).toMatch(/Connected/);
  expect(status().className).toBe('mine');
});

test('compact: hideWhenConnected', async () => {
  const world = setUp();
  mount(world, <ConnectionIndicatorCompact hideWhenConnected />);
  await pass(100);
  expect(status().textContent).toBe('');
});

test('is themed by CSS variables', async () => {
  const world = setUp();
  mount(world, <ConnectionIndicator />);
  await pass(100);
  expect(status().innerHTML).toContain('var(--tidings-connected');
});
