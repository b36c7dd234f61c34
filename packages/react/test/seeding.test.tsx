// Query functions that write into the cache themselves: that is no reason to fetch for ever.

import { useQuery, type QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';

import { useRealtimeSync } from '../src/index';
import { fakeTime, KEY, mount, pass, setUp, sleep, text, TOPIC, type Item } from './harness';

fakeTime();

const DETAIL = ['item', 'a'];
const DETAIL_TOPIC = 'item:a';
const WHILE_MS = 10_000;
/** The first fetch, one for each topic's answer, and one to confirm each write. */
const FETCHES_EACH = 6;

type Write = (client: QueryClient, items: Item[]) => void;

const toDetail: Write = (client, items) => client.setQueryData(DETAIL, items[0]);
const toList: Write = (client, [item]) =>
  client.setQueryData<Item[]>(KEY, (old) => old?.map((it) => (it.id === item!.id ? item! : it)));
const toOwn: Write = (client, items) => client.setQueryData(KEY, items);
const nothing: Write = () => {};

/** A list and one of its items, each with its topic; both fetches may write elsewhere. */
function app(ofList: Write, ofDetail: Write) {
  const world = setUp();
  const { rest, queryClient } = world;
  const counts = { list: 0, detail: 0 };
  function App() {
    useQuery({
      queryKey: KEY,
      queryFn: async ({ client, signal }) => {
        counts.list++;
        const items = await rest.get(signal);
        ofList(client, items);
        return items;
      },
    });
    useQuery({
      queryKey: DETAIL,
      queryFn: async ({ client }) => {
        counts.detail++;
        await sleep(10);
        const item = rest.rows.get('a')!;
        await sleep(10);
        ofDetail(client, [item]);
        return item;
      },
    });
    useRealtimeSync({ topic: TOPIC, queryKey: KEY });
    useRealtimeSync({ topic: DETAIL_TOPIC, queryKey: DETAIL });
    return null;
  }
  const put = (v: number) => {
    rest.put('a', v);
    world.server.publish(DETAIL_TOPIC, { id: 'a', v });
  };
  mount(world, <App />);
  const detail = () => queryClient.getQueryData<Item>(DETAIL);
  return { ...world, counts, put, detail };
}

const CASES: [string, Write, Write][] = [
  ['a list that seeds its items', toDetail, nothing],
  ['a list and an item that write to each other', toDetail, toList],
  ['a list that writes itself, while it fetches', toOwn, nothing],
];

for (const [what, ofList, ofDetail] of CASES) {
  test(`${what}: a bounded number of fetches, then quiet`, async () => {
    const { counts } = app(ofList, ofDetail);
    await pass(WHILE_MS);
    expect(counts.list).toBeLessThanOrEqual(FETCHES_EACH);
    expect(counts.detail).toBeLessThanOrEqual(FETCHES_EACH);
    const { list, detail } = counts;
    await pass(WHILE_MS);
    expect(counts).toEqual({ list, detail });
  });

  test(`${what}: an event is fetched, boundedly, and both end equal to the server`, async () => {
    const { counts, put, cached, detail } = app(ofList, ofDetail);
    await pass(WHILE_MS);
    const before = { ...counts };
    put(7);
    await pass(WHILE_MS);
    expect(text(cached())).toBe('a7');
    expect(detail()).toEqual({ id: 'a', v: 7 });
    expect(counts.list - before.list).toBeLessThanOrEqual(FETCHES_EACH);
    expect(counts.detail - before.detail).toBeLessThanOrEqual(FETCHES_EACH);
  });
}

test('an older answer that seeds newer data does not win', async () => {
  const { rest, put, cached, detail } = app(toDetail, nothing);
  await pass(WHILE_MS);
  // The list's answer was read before the change and comes after the item's.
  rest.downMs = 400;
  rest.put('b', 1);
  await pass(100);
  put(7);
  await pass(60_000);
  expect(text(cached())).toBe('a7 b1');
  expect(detail()).toEqual({ id: 'a', v: 7 });
});

test('a query that writes itself piece by piece as its fetch goes on ends', async () => {
  const world = setUp();
  const { rest, queryClient, cached } = world;
  let fetches = 0;
  function Streamed() {
    useQuery({
      queryKey: KEY,
      queryFn: async ({ client }) => {
        fetches++;
        const items = await rest.get();
        for (let i = 1; i <= items.length; i++) {
          client.setQueryData(KEY, items.slice(0, i));
          await sleep(10);
        }
        return items;
      },
    });
    useRealtimeSync({ topic: TOPIC, queryKey: KEY });
    return null;
  }
  rest.rows.set('b', { id: 'b', v: 0 });
  mount(world, <Streamed />);
  await pass(WHILE_MS);
  expect(fetches).toBeLessThanOrEqual(FETCHES_EACH);
  rest.put('b', 1);
  await pass(WHILE_MS);
  expect(text(cached())).toBe('a0 b1');
  expect(fetches).toBeLessThanOrEqual(2 * FETCHES_EACH);
  expect(queryClient.isFetching()).toBe(0);
});
