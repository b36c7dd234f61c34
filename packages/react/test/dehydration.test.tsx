// However a cache is dehydrated: the server's data goes out, never what is shown on top of it.

import { dehydrate, hydrate, QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';

import { baseOf, optimisticUpdate } from '../src/optimistic';
import { Board, fakeTime, KEY, mount, pass, setUp, text, type Item } from './harness';

fakeTime();

const dataOf = (state: ReturnType<typeof dehydrate>) => state.queries[0]?.state.data;
const addSeen = (_: unknown, data: unknown) => ({ ...(data as object), seen: true });
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

test('default options that the app makes of those that are there, while a change is shown', async () => {
  const client = new QueryClient();
  client.setQueryData(['data'], { id: 'a' });
  await optimisticUpdate(client, ['data'], () => ({ id: 'b' }));
  const { dehydrate: there, ...others } = client.getDefaultOptions();
  client.setDefaultOptions({ ...others, dehydrate: { ...there } });
  await Promise.resolve();
  expect(dataOf(dehydrate(client))).toEqual({ id: 'a' });
});

test.each([
  ['as it is shown', true, { id: 'b' }],
  ["also where the app adds things of its own to the server's", addSeen, { id: 'b', seen: true }],
])('what has become of an accepted change is dehydrated %s', async (_, structuralSharing, is) => {
  const client = new QueryClient({ defaultOptions: { queries: { structuralSharing } } });
  client.setQueryData(['data'], { id: 'a' });
  const change = await optimisticUpdate(client, ['data'], () => ({ id: 'b' }));
  change.commit();
  expect(client.getQueryData(['data'])).toEqual(is);
  expect(dataOf(dehydrate(client))).toEqual(is);
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

test('what the call chooses, for data that is a mere number', async () => {
  const client = new QueryClient();
  client.setQueryData(['count'], 3);
  await optimisticUpdate(client, ['count'], (n: number) => n + 1);
  const state = dehydrate(client, { shouldDehydrateQuery: () => true });
  expect(dataOf(state)).toBe(3);
});

/** Two queries that show 4; only beneath the second, which is last in the cache, there is a 3. */
async function twoFours(client = new QueryClient()) {
  client.setQueryData(['two'], 4);
  client.setQueryData(['one'], 3);
  await optimisticUpdate(client, ['one'], (n: number) => n + 1);
  return client;
}

const isTwo = ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey[0] === 'two';

test('a query does not get the base of the last one of the dehydration before', async () => {
  const client = await twoFours();
  dehydrate(client);
  expect(dataOf(dehydrate(client, { shouldDehydrateQuery: isTwo }))).toBe(4);
});

test('… nor that of one that the call has looked at and left out', async () => {
  const client = await twoFours();
  const state = dehydrate(client, {
    shouldDehydrateQuery: (query) => client.getQueryData(['one']) === 4 && isTwo(query),
  });
  expect(dataOf(state)).toBe(4);
});

test('… nor does what another brings later', async () => {
  const client = new QueryClient();
  let land: (data: number) => void = () => {};
  const queryFn = () => new Promise<number>((resolve) => (land = resolve));
  void client.prefetchQuery({ queryKey: ['late'], queryFn });
  await twoFours(client);
  const { queries } = dehydrate(client, { shouldDehydrateQuery: () => true });
  land(4);
  const late = queries.find(({ queryKey }) => queryKey[0] === 'late');
  expect(await (late?.promise ?? late?.state.data)).toBe(4);
});

test('without a change on top, a dehydration does nothing to the queries at all', async () => {
  const client = new QueryClient();
  client.setQueryData(['count'], 3);
  const rollback = await optimisticUpdate(client, ['count'], (n: number) => n + 1);
  rollback();
  dehydrate(client);
  const query = client.getQueryCache().find({ queryKey: ['count'] })!;
  expect(Object.getOwnPropertyDescriptor(query, 'state')).toHaveProperty('value', query.state);
});

test('a dehydration leaves the queries as they are, whatever comes in the same breath', async () => {
  const client = await twoFours();
  const query = client.getQueryCache().find({ queryKey: ['two'] })!;
  const before = Object.getOwnPropertyDescriptors(query);
  dehydrate(client);
  client.setQueryData(['two'], 5);
  const second = dehydrate(client, { shouldDehydrateQuery: isTwo });
  client.setQueryData(['two'], 6);
  expect([dataOf(second), client.getQueryData(['two'])]).toEqual([5, 6]);
  await Promise.resolve();
  expect(client.getQueryData(['two'])).toBe(6);
  const { state } = Object.getOwnPropertyDescriptors(query);
  expect(state).toEqual({ ...before.state, value: query.state });
});
