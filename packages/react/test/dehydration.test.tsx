// However a cache is dehydrated: the server's data goes out, never what is shown on top of it.

import { dehydrate, hydrate, QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';

import { baseOf, optimisticUpdate } from '../src/optimistic';
import { Board, fakeTime, KEY, mount, pass, setUp, text, type Item } from './harness';

fakeTime();

const dataOf = (state: ReturnType<typeof dehydrate>) => state.queries[0]?.state.data;
const toNine = () => [{ id: 'a', v: 9 }];

async function boardAtRest() {
  const world = setUp();
  mount(world, <Board rest={world.rest} />);
  await pass(300);
  return world;
}

test.each([
  ['a number', 3, (n: number) => n + 1, 4],
  ['zero', 0, (n: number) => n + 1, 1],
  ['a string', 'old', (s: string) => `${s} new`, 'old new'],
  ['a boolean', false, () => true, true],
  ['null', null, () => ({ id: 'a' }), { id: 'a' }],
  ['an object that becomes a string', { id: 'a' }, () => 'gone', 'gone'],
] as [string, unknown, (old: never) => unknown, unknown][])(
  'data that is %s',
  async (_what, base, update, shown) => {
    const client = new QueryClient();
    client.setQueryData(['data'], base);
    await optimisticUpdate(client, ['data'], update as (old: unknown) => unknown);
    expect(client.getQueryData(['data'])).toEqual(shown);
    expect(dataOf(dehydrate(client))).toEqual(base);
  },
);

test('two queries that show the same string have each its own base', async () => {
  const client = new QueryClient();
  client.setQueryData(['one'], 'x');
  client.setQueryData(['two'], 'y');
  await optimisticUpdate(client, ['one'], () => 'same');
  client.setQueryData(['three'], 'same');
  await optimisticUpdate(client, ['two'], () => 'same');
  const { queries } = dehydrate(client);
  expect(queries.map(({ state }) => state.data)).toEqual(['x', 'y', 'same']);
});

test('a serializeData of the call, which asks for the base itself', async () => {
  const { queryClient } = await boardAtRest();
  await optimisticUpdate(queryClient, KEY, toNine);
  const state = dehydrate(queryClient, {
    serializeData: (data) => JSON.stringify(baseOf(data)) as unknown,
  });
  expect(dataOf(state)).toBe('[{"id":"a","v":0}]');
});

test('a serializeData of the app, set at any time', async () => {
  const { queryClient } = await boardAtRest();
  queryClient.setDefaultOptions({
    ...queryClient.getDefaultOptions(),
    dehydrate: { serializeData: (data) => JSON.stringify(data) as unknown },
  });
  await optimisticUpdate(queryClient, KEY, toNine);
  expect(dataOf(dehydrate(queryClient))).toBe('[{"id":"a","v":0}]');
});

test('default options that the app sets later', async () => {
  const { queryClient } = await boardAtRest();
  queryClient.setDefaultOptions({ queries: { staleTime: 5000 } });
  await optimisticUpdate(queryClient, KEY, toNine);
  expect(text(queryClient.getQueryData<Item[]>(KEY))).toBe('a9');
  expect(text(dataOf(dehydrate(queryClient)) as Item[])).toBe('a0');
});

test('… cost no position either: a resume that missed nothing fetches nothing', async () => {
  const world = setUp();
  const { rest, server, queryClient } = world;
  rest.positions = true;
  const view = mount(world, <Board rest={rest} />);
  await pass(300);
  queryClient.setDefaultOptions({ queries: { staleTime: Infinity, retry: false } });
  view.show(<Board rest={rest} />);
  rest.put('a', 1);
  await pass(300);
  const before = rest.requests;
  server.socket.end();
  await pass(5000);
  expect(rest.requests).toBe(before);
});

test('what the app dehydrates is a whole state, that hydrates elsewhere', async () => {
  const { queryClient } = await boardAtRest();
  await optimisticUpdate(queryClient, KEY, toNine);
  const elsewhere = new QueryClient();
  hydrate(elsewhere, dehydrate(queryClient));
  expect(elsewhere.getQueryData(KEY)).toEqual([{ id: 'a', v: 0 }]);
  expect(text(queryClient.getQueryData<Item[]>(KEY))).toBe('a9');
});

test('a query that is still under way is dehydrated as what it brings, not as the base of another', async () => {
  const client = new QueryClient({
    defaultOptions: { dehydrate: { shouldDehydrateQuery: () => true } },
  });
  void client.prefetchQuery({ queryKey: ['slow'], queryFn: () => Promise.resolve('slow') });
  client.setQueryData(['quick'], 'base');
  await optimisticUpdate(client, ['quick'], () => 'shown');
  const { queries } = dehydrate(client);
  const slow = queries.find(({ queryHash }) => queryHash === '["slow"]');
  expect(await (slow?.promise ?? slow?.state.data)).toBe('slow');
});

test('what is dehydrated may be chosen in the call', async () => {
  const client = new QueryClient();
  client.setQueryData(['data'], { id: 'a' });
  await optimisticUpdate(client, ['data'], () => ({ id: 'b' }));
  const state = dehydrate(client, { shouldDehydrateQuery: () => true });
  expect(dataOf(state)).toEqual({ id: 'a' });
});

test('the options of the client are set once, not with each change', async () => {
  const client = new QueryClient();
  client.setQueryData(['data'], 0);
  await optimisticUpdate(client, ['data'], (n: number) => n + 1);
  const { dehydrate: first } = client.getDefaultOptions();
  await optimisticUpdate(client, ['data'], (n: number) => n + 1);
  expect(client.getDefaultOptions().dehydrate).toBe(first);
});
