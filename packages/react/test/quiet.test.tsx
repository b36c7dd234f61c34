// Mutations under way: what is written meanwhile may be theirs, and is confirmed when they are over.

import { useQuery, type QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';

import { CONFIRM_WITHIN_MS } from '../../query/src/debts';
import { useRealtimeSync } from '../src/index';
import { Board, fakeTime, KEY, mount, pass, setUp, text, type Item } from './harness';

fakeTime();

const AT_REST_MS = 300;
const A_WHILE_MS = 1000;
const OTHER = ['other'];
const OTHER_TOPIC = 'gift:1';

/** Begins a mutation; the returned function ends it. */
function mutate(client: QueryClient): () => Promise<void> {
  let end = () => {};
  const mutationFn = () => new Promise<void>((resolve) => (end = resolve));
  void client.getMutationCache().build(client, { mutationFn }).execute(undefined);
  return () => {
    end();
    return pass(1);
  };
}

async function boardAtRest() {
  const world = setUp();
  const { rest, queryClient } = world;
  function Other() {
    useQuery({ queryKey: OTHER, queryFn: () => rest.get() });
    useRealtimeSync({ topic: OTHER_TOPIC, queryKey: OTHER });
    return null;
  }
  const other = <Other key="o" />;
  const view = mount(world, [<Board key="b" rest={rest} />, other]);
  await pass(AT_REST_MS);
  const write = (key: readonly string[] = KEY) =>
    queryClient.setQueryData<Item[]>(key, [{ id: 'a', v: -1 }]);
  return { ...world, view, other, write, begin: () => mutate(queryClient) };
}

test('it is confirmed as soon as the mutation is over', async () => {
  const { rest, write, begin, cached } = await boardAtRest();
  const { requests } = rest;
  const end = begin();
  await pass(1);
  write();
  await pass(A_WHILE_MS);
  expect(rest.requests).toBe(requests);
  await end();
  await pass(AT_REST_MS);
  expect(rest.requests).toBe(requests + 1);
  expect(text(cached())).toBe('a0');
});

test('… as soon as the last one is', async () => {
  const { rest, write, begin, cached } = await boardAtRest();
  const { requests } = rest;
  const [endFirst, endLast] = [begin(), begin()];
  await pass(1);
  write();
  await endFirst();
  await pass(A_WHILE_MS);
  expect(rest.requests).toBe(requests);
  await endLast();
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a0');
});

test('whatever was written, and each time', async () => {
  const { write, begin, cached, queryClient } = await boardAtRest();
  for (let i = 0; i < 2; i++) {
    const end = begin();
    await pass(1);
    write(KEY);
    write(OTHER);
    await pass(A_WHILE_MS);
    await end();
    await pass(AT_REST_MS);
    expect(text(cached())).toBe('a0');
    expect(text(queryClient.getQueryData<Item[]>(OTHER))).toBe('a0');
  }
});

test('an earlier wait that is over does not shorten a later one', async () => {
  const { rest, write, begin, cached } = await boardAtRest();
  const end = begin();
  await pass(1);
  write();
  await pass(A_WHILE_MS);
  await end();
  await pass(A_WHILE_MS);
  begin();
  await pass(1);
  write();
  const { requests } = rest;
  await pass(CONFIRM_WITHIN_MS - 100);
  expect(rest.requests).toBe(requests);
  await pass(A_WHILE_MS);
  expect(text(cached())).toBe('a0');
});

test('neither does an event for other data, nor that a component looks at it anew', async () => {
  const { rest, server, view, other, write, begin } = await boardAtRest();
  rest.put('a', 1);
  await pass(AT_REST_MS);
  begin();
  await pass(1);
  write();
  const { requests } = rest;
  server.publish(OTHER_TOPIC);
  await pass(AT_REST_MS);
  // That of the other data alone.
  expect(rest.requests).toBe(requests + 1);
  view.show([<Board key="b" rest={rest} query={{ retryOnMount: false }} />, other]);
  await pass(AT_REST_MS);
  expect(rest.requests).toBe(requests + 1);
});

test.each([true, false])('nobody listens to mutations afterwards (it ends: %s)', async (ends) => {
  const { write, begin, queryClient } = await boardAtRest();
  const { listeners } = queryClient.getMutationCache() as unknown as { listeners: Set<unknown> };
  // The optimistic changes listen for good.
  const before = listeners.size;
  const end = begin();
  await pass(1);
  write();
  await pass(A_WHILE_MS);
  expect(listeners.size).toBe(before + 1);
  if (ends) await end();
  else await pass(CONFIRM_WITHIN_MS);
  await pass(AT_REST_MS);
  expect(listeners.size).toBe(before);
});
