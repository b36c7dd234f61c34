// Accepted changes that wait for their echo: what is fetched for them, and what is not.

import { dehydrate } from '@tanstack/react-query';
import { act } from '@testing-library/react';
import { expect, test } from 'vitest';

import { CONFIRM_WITHIN_MS } from '../../query/src/debts';
import { baseOf, newMutationId, optimisticUpdate } from '../src/optimistic';
import { Board, fakeTime, KEY, mount, pass, setUp, text, type Item } from './harness';

fakeTime();

const AFTER_READ_MS = 20;
const AT_REST_MS = 300;
const LONG_MS = 3 * CONFIRM_WITHIN_MS;

async function boardAtRest({ synced = true } = {}) {
  const world = setUp();
  const { rest, queryClient } = world;
  const view = mount(world, <Board rest={rest} enabled={synced} />);
  await pass(AT_REST_MS);
  const { requests } = rest;
  const change = (mutationId?: string) =>
    optimisticUpdate<Item[]>(queryClient, KEY, () => [{ id: 'a', v: 5 }], { mutationId });
  return { ...world, view, change, fetched: () => rest.requests - requests };
}

test('one that comes costs its own fetch, and none in case it had not come', async () => {
  const { rest, change, fetched, cached } = await boardAtRest();
  const mutationId = newMutationId();
  const mine = await change(mutationId);
  mine.commit();
  await pass(AT_REST_MS);
  rest.put('a', 5, { mutation_id: mutationId });
  await pass(LONG_MS);
  expect(text(cached())).toBe('a5');
  expect(fetched()).toBe(1);
});

test('… nor where a fetch that began before lands in between', async () => {
  const { rest, queryClient, change, fetched } = await boardAtRest();
  const mutationId = newMutationId();
  const mine = await change(mutationId);
  void queryClient.refetchQueries({ queryKey: KEY });
  await pass(AFTER_READ_MS);
  mine.commit();
  await pass(AT_REST_MS);
  rest.put('a', 5, { mutation_id: mutationId });
  await pass(LONG_MS);
  expect(fetched()).toBe(2);
});

test('that of a change that was rolled back meanwhile is waited for no more', async () => {
  const { change, fetched, cached } = await boardAtRest();
  const rollback = await change(newMutationId());
  rollback.commit();
  act(() => rollback());
  await pass(LONG_MS);
  expect(text(cached())).toBe('a0');
  expect(fetched()).toBe(0);
});

test.each([false, true])(
  'without a topic there is none: no fetch for it (one is under way: %s)',
  async (isFetching) => {
    const { queryClient, rest, change, fetched, cached } = await boardAtRest({ synced: false });
    const mine = await change();
    if (isFetching) void queryClient.refetchQueries({ queryKey: KEY });
    await pass(AFTER_READ_MS);
    rest.rows.set('a', { id: 'a', v: 5 });
    mine.commit();
    await pass(LONG_MS);
    expect(text(cached())).toBe('a5');
    expect(fetched()).toBe(isFetching ? 1 : 0);
  },
);

test("a change that the server's data equals leaves that as the base", async () => {
  const { rest, queryClient, change, cached } = await boardAtRest();
  const mine = await change();
  rest.rows.set('a', { id: 'a', v: 5 });
  mine.commit();
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a5');
  expect(baseOf(cached())).toEqual([{ id: 'a', v: 5 }]);
  expect(dehydrate(queryClient).queries[0]?.state.data).toEqual([{ id: 'a', v: 5 }]);
});

test('an updater that gives nothing changes nothing', async () => {
  const { queryClient, cached } = await boardAtRest();
  await optimisticUpdate(queryClient, KEY, () => undefined);
  expect(text(cached())).toBe('a0');
});
