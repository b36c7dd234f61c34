// Queries that no topic keeps right, in an app where others are: they are the app's own business.

import { expect, test } from 'vitest';

import { Board, fakeTime, KEY, mount, pass, setUp, text, type Item } from './harness';

fakeTime();

const AT_REST_MS = 300;
const LONG_MS = 60_000;

async function boardAtRest(query: object = {}) {
  const world = setUp();
  const view = mount(world, <Board rest={world.rest} query={query} enabled={false} />);
  await pass(AT_REST_MS);
  return { ...world, view };
}

test('what the app writes is the last word', async () => {
  const { rest, queryClient, cached } = await boardAtRest();
  queryClient.setQueryData<Item[]>(KEY, [{ id: 'mine', v: 1 }]);
  await pass(LONG_MS);
  expect(text(cached())).toBe('mine1');
  expect(rest.requests).toBe(1);
});

test('a first fetch that is cancelled is not begun anew', async () => {
  const world = setUp();
  const { rest, queryClient, cached } = world;
  mount(world, <Board rest={rest} enabled={false} />);
  await pass(20);
  await queryClient.cancelQueries({ queryKey: KEY });
  await pass(LONG_MS);
  expect(cached()).toBeUndefined();
  expect(rest.requests).toBe(1);
});

test('one that is removed under a mounted observer is not fetched', async () => {
  const { rest, queryClient } = await boardAtRest();
  queryClient.removeQueries({ queryKey: KEY });
  await pass(LONG_MS);
  expect(rest.requests).toBe(1);
});

/** As the persister of TanStack Query does it: storage is read once, while there is no data. */
const persister = (
  queryFn: (context: object) => unknown,
  context: object,
  query: { state: { data: unknown } },
) => (query.state.data === undefined ? Promise.resolve([{ id: 'a', v: -1 }]) : queryFn(context));

test('what a persister restores stays, until a topic is to keep it right', async () => {
  const { rest, view, cached } = await boardAtRest({ persister });
  await pass(LONG_MS);
  expect(text(cached())).toBe('a-1');
  expect(rest.requests).toBe(0);
  view.show(<Board rest={rest} query={{ persister }} />);
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a0');
});

test('… from then on each event costs one fetch, as without', async () => {
  const { rest, view, cached } = await boardAtRest({ persister });
  view.show(<Board rest={rest} query={{ persister }} />);
  await pass(AT_REST_MS);
  const { requests } = rest;
  rest.put('a', 1);
  await pass(LONG_MS);
  expect(text(cached())).toBe('a1');
  expect(rest.requests).toBe(requests + 1);
});
