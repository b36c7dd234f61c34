// Data that is taken away, with all that was known of it and on its way to it.

import { expect, test } from 'vitest';

import { Board, fakeTime, KEY, mount, pass, setUp, text, TOPIC, type Item } from './harness';

fakeTime();

const AFTER_READ_MS = 20;
const AT_REST_MS = 300;
const A_MINUTE_MS = 60_000;

async function boardAtRest(sync: object = {}) {
  const world = setUp();
  const { rest } = world;
  rest.positions = true;
  const view = mount(world, <Board rest={rest} {...sync} />);
  await pass(AT_REST_MS);
  expect(text(world.cached())).toBe('a0');
  return { ...world, view };
}

test('while something is owed to it: REST is asked once all the same', async () => {
  const { rest, server, cached } = await boardAtRest();
  rest.put('a', 1);
  await pass(5);
  rest.failing = true;
  server.revoke(TOPIC);
  await pass(5);
  const { requests } = rest;
  await pass(A_MINUTE_MS);
  expect(cached()).toBeUndefined();
  expect(rest.requests).toBe(requests);
});

test('while a fetch is under way: it brings nothing back', async () => {
  const { rest, server, queryClient, cached } = await boardAtRest();
  rest.downMs = 1000;
  rest.get = rest.get.bind(rest, undefined);
  void queryClient.refetchQueries({ queryKey: KEY });
  await pass(AFTER_READ_MS);
  rest.failing = true;
  server.revoke(TOPIC);
  await pass(AT_REST_MS);
  expect(cached()).toBeUndefined();
  await pass(A_MINUTE_MS);
  expect(cached()).toBeUndefined();
});

test('given back at the position where it was: it is fetched', async () => {
  const { rest, server, cached } = await boardAtRest();
  rest.failing = true;
  server.revoke(TOPIC);
  await pass(AT_REST_MS);
  expect(cached()).toBeUndefined();
  rest.failing = false;
  server.forbidden.clear();
  server.socket.end();
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a0');
});

test('where nobody looks at it nothing is left of it', async () => {
  const { server, rest, view, queryClient } = await boardAtRest();
  view.show(<Board rest={rest} queryKey={KEY} query={{ queryKey: ['another'] }} />);
  await pass(AT_REST_MS);
  server.revoke(TOPIC);
  await pass(AT_REST_MS);
  const keys = queryClient.getQueryCache().getAll();
  expect(keys.map(({ queryKey }) => queryKey)).toEqual([['another']]);
});

test('where the app has disabled the query, REST is not asked', async () => {
  const { server, rest, view, cached } = await boardAtRest();
  view.show(<Board rest={rest} query={{ enabled: false }} />);
  const { requests } = rest;
  server.revoke(TOPIC);
  await pass(AT_REST_MS);
  expect(cached()).toBeUndefined();
  expect(rest.requests).toBe(requests);
});

test("an event that was handled leaves the app's later writes to be confirmed", async () => {
  const world = await boardAtRest({
    onEvent: () => void world.queryClient.setQueryData<Item[]>(KEY, [{ id: 'a', v: 1 }]),
  });
  const { rest, queryClient, cached } = world;
  rest.put('a', 1);
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a1');
  queryClient.setQueryData<Item[]>(KEY, [{ id: 'a', v: -1 }]);
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a1');
});
