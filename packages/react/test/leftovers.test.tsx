// What is left of an app that is gone: nothing.

import { expect, test, vi } from 'vitest';

import { ConnectionIndicator, ConnectionIndicatorCompact } from '../src/indicator';
import { usePollingFallback } from '../src/polling';
import { usePresence, useSignal } from '../src/presence';
import { Board, fakeTime, KEY, mount, pass, setUp, TOPIC } from './harness';

fakeTime();

/** Counts the listeners that are added to a target and not removed. */
function count(target: EventTarget): () => string[] {
  const open = new Map<unknown, string>();
  const add = target.addEventListener.bind(target);
  const remove = target.removeEventListener.bind(target);
  vi.spyOn(target, 'addEventListener').mockImplementation((type, listener, options) => {
    open.set(listener, type);
    add(type, listener, options);
  });
  vi.spyOn(target, 'removeEventListener').mockImplementation((type, listener, options) => {
    open.delete(listener);
    remove(type, listener, options);
  });
  return () => [...open.values()];
}

function Everything({ world }: { world: ReturnType<typeof setUp> }) {
  usePresence(TOPIC);
  const send = useSignal(TOPIC, () => {});
  usePollingFallback({ queryKey: KEY });
  return (
    <>
      <Board rest={world.rest} debounceMs={500} />
      <Board rest={world.rest} onEvent={() => {}} />
      <ConnectionIndicator />
      <ConnectionIndicatorCompact />
      <button onClick={() => send(1)} />
    </>
  );
}

test.each([
  ['connected', () => {}],
  [
    'while the network is away',
    (world: ReturnType<typeof setUp>) => void (world.server.down = true),
  ],
  ['while REST fails', (world: ReturnType<typeof setUp>) => void (world.rest.failing = true)],
  ['while a request hangs', (world: ReturnType<typeof setUp>) => void (world.rest.hung = true)],
])('no timer, listener or subscription: unmounted %s', async (_, harm) => {
  const world = setUp({ strict: true });
  const { server, queryClient } = world;
  const onWindow = count(window);
  const onDocument = count(document);
  const view = mount(world, <Everything world={world} />);
  await pass(300);
  // Of ours; jsdom and React have theirs.
  const ours = () =>
    [...onWindow(), ...onDocument()].filter((type) =>
      ['online', 'offline', 'pageshow', 'visibilitychange'].includes(type),
    );
  const before = ours().length;
  expect(before).toBeGreaterThan(0);
  harm(world);
  world.rest.put('a', 1);
  server.open.forEach((socket) => socket.end());
  await pass(50);
  world.rest.put('a', 2);
  await pass(100);

  view.unmount();
  await pass(3000);
  expect(server.open).toHaveLength(0);
  expect(server.sockets.every((socket) => socket.readyState === 3)).toBe(true);
  expect(
    queryClient
      .getQueryCache()
      .getAll()
      .flatMap(({ observers }) => observers),
  ).toEqual([]);
  // TanStack Query's own garbage collection, of queries and of hung requests, ends with them.
  queryClient.clear();
  world.rest.hung = false;
  await pass(100);
  expect(vi.getTimerCount()).toBe(0);
  expect(ours()).toEqual([]);
});
