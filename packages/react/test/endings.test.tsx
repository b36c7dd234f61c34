// How an optimistic change ends, and that it has ended then.

import { dehydrate, hydrate } from '@tanstack/react-query';
import { act } from '@testing-library/react';
import { expect, test } from 'vitest';

import { CONFIRM_WITHIN_MS } from '../../query/src/debts';
import { type WSEvent } from '../src/index';
import { newMutationId, optimisticUpdate } from '../src/optimistic';
import {
  Board,
  fakeTime,
  KEY,
  mount,
  pass,
  renders,
  setUp,
  text,
  TOPIC,
  type Item,
} from './harness';

fakeTime();

const AFTER_READ_MS = 20;
const AT_REST_MS = 300;
const LONG_MS = 3 * CONFIRM_WITHIN_MS;

interface Given {
  synced?: boolean;
  /** Whether events are taken in by a handler, at the positions of the data. */
  direct?: boolean;
  positions?: boolean;
  query?: object;
}

async function boardAtRest({
  synced = true,
  direct = false,
  positions = direct,
  query = {},
}: Given = {}) {
  const world = setUp();
  const { rest, queryClient, server } = world;
  rest.positions = positions;
  const onEvent = (event: WSEvent) =>
    void queryClient.setQueryData<Item[]>(KEY, (old) => old && [event.data.payload as Item]);
  const handler = direct ? { onEvent } : {};
  const view = mount(world, <Board rest={rest} enabled={synced} query={query} {...handler} />);
  await pass(AT_REST_MS);
  const { requests } = rest;
  const change = (mutationId?: string) =>
    optimisticUpdate<Item[]>(queryClient, KEY, () => [{ id: 'a', v: 5 }], { mutationId });
  const refetch = () => void queryClient.refetchQueries({ queryKey: KEY });
  const here = () => ({ topic: TOPIC, ...server.head(TOPIC) });
  const set = (v: number) => void rest.rows.set('a', { id: 'a', v });
  return { ...world, view, change, refetch, here, set, fetched: () => rest.requests - requests };
}

test('its echo, taken in by a handler: what comes next shows, and nothing is fetched', async () => {
  const { rest, change, fetched, cached } = await boardAtRest({ direct: true });
  const mutationId = newMutationId();
  await change(mutationId);
  rest.put('a', 5, { mutation_id: mutationId });
  await pass(AT_REST_MS);
  rest.put('a', 6);
  await pass(LONG_MS);
  expect(text(cached())).toBe('a6');
  expect(fetched()).toBe(0);
});

test('data that is at its position already: at once, and nothing is fetched', async () => {
  const { rest, change, here, fetched, cached } = await boardAtRest({ direct: true });
  const mine = await change();
  rest.put('a', 55);
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a5');
  mine.commit(here());
  expect(text(cached())).toBe('a55');
  await pass(LONG_MS);
  expect(fetched()).toBe(0);
});

test('data that is not there yet: when it is, and no sooner is anything fetched', async () => {
  const { rest, server, change, here, fetched, cached } = await boardAtRest({ direct: true });
  const mine = await change();
  server.latencyMs = 1000;
  rest.put('a', 55);
  mine.commit(here());
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a5');
  await pass(LONG_MS);
  expect(text(cached())).toBe('a55');
  expect(fetched()).toBe(0);
});

test("a fetch of the app's own that begins right after it was accepted", async () => {
  const { change, refetch, set, cached } = await boardAtRest();
  const mine = await change(newMutationId());
  set(55);
  mine.commit();
  refetch();
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a55');
});

test('to be told twice that it was accepted puts the end off no further', async () => {
  const { change, set, cached } = await boardAtRest();
  const mine = await change();
  set(55);
  mine.commit();
  await pass(5);
  mine.commit();
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a55');
});

test.each([
  ['rolled back', 'accepted'],
  ['accepted', 'rolled back'],
  ['rolled back', 'rolled back'],
] as const)('once %s and ended, to be %s means nothing', async (first, then) => {
  const { change, rest, cached } = await boardAtRest();
  const mine = await change();
  const end = { accepted: () => mine.commit(), 'rolled back': () => mine() };
  act(() => end[first]());
  await pass(AT_REST_MS);
  rest.put('a', 6);
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a6');
  act(() => end[then]());
  expect(text(cached())).toBe('a6');
});

test('without a topic: accepted is the end, later data shows', async () => {
  const { change, refetch, set, cached } = await boardAtRest({ synced: false });
  const mine = await change();
  mine.commit();
  expect(text(cached())).toBe('a5');
  set(6);
  refetch();
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a6');
});

test('before the first data: accepted during the first fetch, it shows on what that brings', async () => {
  renders.splice(0);
  const world = setUp();
  const { rest, queryClient } = world;
  mount(world, <Board rest={rest} />);
  const update = () => [{ id: 'a', v: 5 }];
  const mine = await optimisticUpdate<Item[]>(queryClient, KEY, update);
  await pass(AFTER_READ_MS);
  rest.rows.set('a', { id: 'a', v: 5 });
  mine.commit();
  await pass(AT_REST_MS);
  expect(renders).toEqual(['loading', 'a5']);
});

test.each([true, false])(
  'before any data, with none on its way: it does not lie on what is hydrated later (synced: %s)',
  async (synced) => {
    const { queryClient, change, cached } = await boardAtRest({
      synced,
      query: { enabled: false },
    });
    const elsewhere = await boardAtRest();
    const mine = await change();
    mine.commit();
    act(() => hydrate(queryClient, dehydrate(elsewhere.queryClient)));
    expect(text(cached())).toBe('a0');
  },
);

test('one that has not ended lies on what is hydrated', async () => {
  const { queryClient, change, set, refetch, cached } = await boardAtRest({ synced: false });
  const elsewhere = dehydrate(queryClient);
  set(6);
  refetch();
  await pass(AT_REST_MS);
  const rollback = await change();
  for (const query of elsewhere.queries) query.state.dataUpdatedAt = Date.now() + 1;
  act(() => hydrate(queryClient, elsewhere));
  expect(text(cached())).toBe('a5');
  act(() => rollback());
  expect(text(cached())).toBe('a0');
});

test('without a topic: once accepted it is not applied a second time', async () => {
  const { queryClient, cached } = await boardAtRest({ synced: false });
  const append = (old: Item[]) => [...old, { id: 'x', v: 1 }];
  const mine = await optimisticUpdate(queryClient, KEY, append);
  mine.commit();
  expect(text(cached())).toBe('a0 x1');
});

test.each([true, false])(
  'an echo of what the data has already: at once, and nothing is fetched (with a handler: %s)',
  async (direct) => {
    const world = await boardAtRest({ direct, positions: true });
    const { rest, server, change, refetch, fetched, cached } = world;
    const mutationId = newMutationId();
    await change(mutationId);
    server.latencyMs = 1000;
    rest.put('a', 55, { mutation_id: mutationId });
    refetch();
    await pass(AT_REST_MS);
    expect(text(cached())).toBe('a5');
    await pass(1000);
    expect(text(cached())).toBe('a55');
    expect(fetched()).toBe(1);
  },
);

test('an echo that comes after it was accepted puts the end off no further', async () => {
  const { rest, change, refetch } = await boardAtRest();
  renders.splice(0);
  const mutationId = newMutationId();
  const mine = await change(mutationId);
  await pass(1);
  mine.commit();
  rest.rows.set('a', { id: 'a', v: 55 });
  refetch();
  await pass(AFTER_READ_MS);
  rest.downMs = 1000;
  rest.put('a', 55, { mutation_id: mutationId });
  await pass(AT_REST_MS);
  expect(renders).toEqual(['a5', 'a55']);
});

test('an echo on one topic says nothing of the same change to data of another', async () => {
  const { rest, queryClient, change, cached } = await boardAtRest();
  const OTHER = ['other'];
  queryClient.setQueryData<Item[]>(OTHER, [{ id: 'a', v: 0 }]);
  const mutationId = newMutationId();
  const update = () => [{ id: 'a', v: 5 }];
  await optimisticUpdate<Item[]>(queryClient, ['nowhere'], update, { mutationId });
  await change(mutationId);
  const other = await optimisticUpdate<Item[]>(queryClient, OTHER, update, { mutationId });
  rest.put('a', 55, { mutation_id: mutationId });
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a55');
  const queryFn = () => [{ id: 'a', v: 1 }];
  await queryClient.fetchQuery({ queryKey: OTHER, queryFn, staleTime: 0 });
  expect(text(queryClient.getQueryData<Item[]>(OTHER))).toBe('a5');
  other();
  expect(text(queryClient.getQueryData<Item[]>(OTHER))).toBe('a1');
});

test('the data is taken away: nothing is fetched for its echo any more', async () => {
  const { rest, server, change, fetched, cached } = await boardAtRest();
  const mine = await change(newMutationId());
  mine.commit();
  rest.failing = true;
  server.revoke(TOPIC);
  await pass(LONG_MS);
  expect(cached()).toBeUndefined();
  expect(fetched()).toBe(1);
});

test('another user: it goes, also where no topic ever kept the data right', async () => {
  const { rest, view, change, refetch, cached } = await boardAtRest({ synced: false });
  const board = <Board rest={rest} enabled={false} />;
  view.show(board, { identity: 'anna' });
  await change();
  view.show(board, { identity: 'ben' });
  await pass(1);
  expect(text(cached())).toBe('a0');
  refetch();
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a0');
});

test('what the app wrote over it cannot be taken apart: rolling it back asks the server', async () => {
  const { queryClient, change, fetched, cached } = await boardAtRest({ synced: false });
  const rollback = await change();
  queryClient.setQueryData<Item[]>(KEY, (old) => old && [...old, { id: 'z', v: 1 }]);
  act(() => rollback());
  expect(text(cached())).toBe('a5 z1');
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a0');
  expect(fetched()).toBe(1);
});

test('… if it is still there', async () => {
  const { queryClient, view, change, cached } = await boardAtRest();
  const rollback = await change();
  queryClient.setQueryData<Item[]>(KEY, (old) => old && [...old, { id: 'z', v: 1 }]);
  view.unmount();
  queryClient.removeQueries({ queryKey: KEY });
  expect(rollback).not.toThrow();
  expect(cached()).toBeUndefined();
});

test('each has an id of its own, if it is given none', async () => {
  const { change } = await boardAtRest();
  const ids = [(await change()).mutationId, (await change()).mutationId];
  for (const id of ids) expect(id).toMatch(/^[a-f0-9]{32}$/);
  expect(new Set(ids).size).toBe(2);
});
