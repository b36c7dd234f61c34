// Fetches that fail: what is owed is retried, with backoff; all else is the app's own business.

import { expect, test, vi } from 'vitest';

import { RETRY_MAX_MS, RETRY_MIN_MS } from '../../query/src/fetches';
import { Board, fakeTime, KEY, mount, pass, setUp, text } from './harness';

fakeTime();

const AT_REST_MS = 300;
const A_MINUTE_MS = 60_000;

/** Every delay is the longest that it may be. */
const slowly = () => vi.mocked(Math.random).mockReturnValue(0.999);

async function boardAtRest() {
  const world = setUp({ queries: { gcTime: Infinity } });
  const { rest, queryClient } = world;
  const view = mount(world, <Board rest={rest} />);
  await pass(AT_REST_MS);
  const refetch = () => void queryClient.refetchQueries({ queryKey: KEY });
  return { ...world, view, refetch };
}

test('after a success it is soon again that the first retry comes', async () => {
  const { rest, cached } = await boardAtRest();
  slowly();
  rest.failing = true;
  rest.put('a', 1);
  await pass(A_MINUTE_MS);
  rest.failing = false;
  await pass(RETRY_MAX_MS);
  expect(text(cached())).toBe('a1');
  rest.failing = true;
  rest.put('a', 2);
  await pass(AT_REST_MS);
  rest.failing = false;
  await pass(RETRY_MIN_MS);
  expect(text(cached())).toBe('a2');
});

test("a refetch of the app's own that succeeds ends the backoff: the next event is fetched at once", async () => {
  const { rest, refetch, cached } = await boardAtRest();
  slowly();
  rest.failing = true;
  rest.put('a', 1);
  await pass(10_000);
  rest.failing = false;
  refetch();
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a1');
  rest.put('a', 2);
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a2');
});

test('one that fails while nothing is owed is not tried again', async () => {
  const { rest, refetch } = await boardAtRest();
  const before = rest.requests;
  rest.failing = true;
  refetch();
  await pass(A_MINUTE_MS);
  expect(rest.requests).toBe(before + 1);
});

test('… and holds no event back', async () => {
  const { rest, refetch, cached } = await boardAtRest();
  slowly();
  rest.failing = true;
  refetch();
  await pass(AT_REST_MS);
  rest.failing = false;
  rest.put('a', 1);
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a1');
});

test('those that fail during the backoff neither add to it nor leave a timer', async () => {
  const { rest, refetch, view } = await boardAtRest();
  slowly();
  rest.failing = true;
  rest.put('a', 1);
  await pass(AT_REST_MS);
  const before = rest.requests;
  refetch();
  await pass(AT_REST_MS);
  refetch();
  await pass(AT_REST_MS);
  expect(rest.requests).toBe(before + 2);
  await pass(2 * RETRY_MIN_MS);
  expect(rest.requests).toBe(before + 3);
  view.unmount();
  await pass(100);
  expect(vi.getTimerCount()).toBe(0);
});

test('a query that no topic keeps right is not retried, though it has no data', async () => {
  const world = setUp();
  const { rest } = world;
  rest.failing = true;
  mount(world, <Board rest={rest} enabled={false} />);
  await pass(A_MINUTE_MS);
  expect(rest.requests).toBe(1);
});

test('while one of two components still looks, it goes on', async () => {
  const { rest, view, cached } = await boardAtRest();
  const first = <Board key="1" rest={rest} />;
  view.show([first, <Board key="2" rest={rest} />]);
  await pass(AT_REST_MS);
  slowly();
  rest.failing = true;
  rest.put('a', 1);
  await pass(AT_REST_MS);
  view.show([first]);
  rest.failing = false;
  await pass(2 * RETRY_MIN_MS);
  expect(text(cached())).toBe('a1');
});

test('a query that is removed meanwhile leaves no timer', async () => {
  const { rest, queryClient, view } = await boardAtRest();
  slowly();
  rest.failing = true;
  rest.put('a', 1);
  await pass(A_MINUTE_MS);
  queryClient.removeQueries({ queryKey: KEY });
  await pass(AT_REST_MS);
  view.unmount();
  await pass(100);
  expect(vi.getTimerCount()).toBe(0);
});
