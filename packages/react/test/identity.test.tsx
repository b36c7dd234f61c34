// What one user's session leaves behind for the next one: nothing.

import { useSuspenseQuery } from '@tanstack/react-query';
import { Component, Suspense, type ReactNode } from 'react';
import { expect, test, vi } from 'vitest';

import { useRealtimeSync } from '../src/index';

import { Board, fakeTime, KEY, mount, pass, setUp, text, TOPIC, type FakeRest } from './harness';

fakeTime();

/** Anna's board, loaded. */
async function annasBoard() {
  const world = setUp();
  const view = mount(world, <></>);
  view.show(<Board rest={world.rest} />, { identity: 'anna' });
  await pass(300);
  expect(text(world.cached())).toBe('a0');
  return { ...world, view };
}

test('another user: the data of a page that the last one had left is gone', async () => {
  const { view, cached } = await annasBoard();
  view.show(<i />, { identity: 'anna' });
  await pass(300);
  view.show(<i />, { identity: 'ben' });
  await pass(300);
  expect(cached()).toBeUndefined();
});

test('another user: what two topics keep right is fetched once for them', async () => {
  const world = setUp();
  const { rest } = world;
  function Both() {
    useRealtimeSync({ topic: 'user:1', queryKey: KEY });
    return <Board rest={rest} />;
  }
  const view = mount(world, null);
  view.show(<Both />, { identity: 'anna' });
  await pass(300);
  const before = rest.requests;
  world.server.mute = true; // so that nothing but the change of user is a reason
  view.show(<Both />, { identity: 'ben' });
  await pass(300);
  expect(rest.requests - before).toBe(1);
});

test('a log-out that takes the page away in the same render takes its data too', async () => {
  const { view, cached } = await annasBoard();
  view.show(<p>Log in</p>, { identity: null });
  await pass(300);
  expect(cached()).toBeUndefined();
});

test('the next user, who may not read it, does not see what the last one saw', async () => {
  const { view, server, rest } = await annasBoard();
  view.show(<p>Log in</p>, { identity: null });
  await pass(300);
  server.forbidden.add(TOPIC);
  rest.failing = true;
  view.show(<Board rest={rest} />, { identity: 'ben' });
  await pass(5000);
  expect(view.container.textContent).toBe('loading');
});

test("what was only prefetched for the last user is fetched for the next one, once it's synced", async () => {
  const world = setUp();
  const { rest, cached } = world;
  rest.positions = true;
  const view = mount(world, null);
  view.show(<Board rest={rest} enabled={false} />, { identity: 'anna' });
  await pass(300);
  // The rows that the next one may read are others, at the same position.
  rest.rows.set('a', { id: 'a', v: 7 });
  view.show(null, { identity: 'ben' });
  await pass(300);
  view.show(<Board rest={rest} />, { identity: 'ben' });
  await pass(5000);
  expect(text(cached())).toBe('a7');
});

test('… also when its answer was still under way for the last one', async () => {
  const world = setUp();
  const { rest, cached } = world;
  rest.positions = true;
  const view = mount(world, null);
  view.show(<Board rest={rest} enabled={false} />, { identity: 'anna' });
  await pass(20);
  rest.rows.set('a', { id: 'a', v: 7 });
  view.show(<Board rest={rest} enabled={false} />, { identity: 'ben' });
  await pass(300);
  view.show(<Board rest={rest} />, { identity: 'ben' });
  await pass(5000);
  expect(text(cached())).toBe('a7');
});

test('a log-out with the page still open asks REST for nothing', async () => {
  const world = setUp({ options: { identity: 'anna' } });
  const view = mount(world, <Board rest={world.rest} />);
  await pass(500);
  const { requests } = world.rest;
  view.show(<Board rest={world.rest} />, { identity: null });
  await pass(5000);
  expect(world.rest.requests).toBe(requests);
});

test.each([null, undefined])(
  'read as nobody (%s): who logs in then sees what is theirs',
  async (identity) => {
    const world = setUp();
    const { rest, cached } = world;
    rest.positions = true;
    const view = mount(world, null);
    view.show(<Board rest={rest} />, { identity });
    await pass(500);
    expect(text(cached())).toBe('a0');
    rest.rows.set('a', { id: 'a', v: 7 });
    view.show(<Board rest={rest} />, { identity: 'ben' });
    await pass(5000);
    expect(text(cached())).toBe('a7');
  },
);

test('what is read between a log-out and the next log-in is not shown to who logs in', async () => {
  const world = setUp({ options: { identity: 'anna' } });
  const { rest, cached, queryClient } = world;
  rest.positions = true;
  const view = mount(world, <Board rest={rest} />);
  await pass(500);
  view.show(<Board rest={rest} />, { identity: null });
  await pass(100);
  void queryClient.refetchQueries();
  await pass(500);
  expect(text(cached())).toBe('a0');
  rest.downMs = 1000;
  rest.rows.set('a', { id: 'a', v: 7 });
  view.show(<Board rest={rest} />, { identity: 'ben' });
  await pass(10);
  expect(cached()).toBeUndefined();
  await pass(5000);
  expect(text(cached())).toBe('a7');
});

/** A board that is not there before its data is: until then no hook of it has run. */
function SuspendedBoard({ rest }: { rest: FakeRest }) {
  const { data } = useSuspenseQuery({ queryKey: KEY, queryFn: ({ signal }) => rest.get(signal) });
  useRealtimeSync({ topic: TOPIC, queryKey: KEY });
  return <>{text(data)}</>;
}

class Boundary extends Component<{ children: ReactNode }> {
  override state = { hasFailed: false };
  static getDerivedStateFromError = () => ({ hasFailed: true });
  override render() {
    return this.state.hasFailed ? 'failed' : this.props.children;
  }
}

test.each([false, true])(
  'what was under way to a suspended page is not the next one to see (StrictMode %s)',
  async (strict) => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const world = setUp({ strict });
    const { rest, server } = world;
    const page = (
      <Boundary>
        <Suspense fallback="…">
          <SuspendedBoard rest={rest} />
        </Suspense>
      </Boundary>
    );
    const view = mount(world, null);
    view.show(page, { identity: 'anna' });
    await pass(20); // her answer is under way
    rest.failing = true;
    server.forbidden.add(TOPIC);
    view.show(page, { identity: 'ben' });
    await pass(5000);
    expect(view.container.textContent).toBe('failed');
  },
);
