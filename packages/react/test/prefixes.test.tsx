// A direct update under a key that is only the beginning of the queries' keys.

import { useQuery, type QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';

import { useRealtimeSync, type WSEvent } from '../src/index';
import { optimisticUpdate } from '../src/optimistic';
import { Board, fakeTime, KEY, mount, pass, setUp, text, TOPIC, type Item } from './harness';

fakeTime();

const PREFIX = ['list-items'];
const isBefore = (a: Item, b: Item) => (a.id < b.id ? -1 : 1);

/** Puts the event's item into every list under the prefix. */
function upsert(event: WSEvent, client: QueryClient): void {
  const item = event.data.payload as Item;
  client.setQueriesData<Item[]>(
    { queryKey: PREFIX },
    (old) => old && [...old.filter(({ id }) => id !== item.id), item].sort(isBefore),
  );
}

async function listAtRest() {
  const world = setUp();
  world.rest.positions = true;
  world.rest.rows.set('b', { id: 'b', v: 0 });
  function List() {
    useQuery({ queryKey: [...KEY], queryFn: ({ signal }) => world.rest.get(signal) });
    useRealtimeSync({ topic: TOPIC, queryKey: PREFIX, onEvent: upsert });
    return null;
  }
  mount(world, <List />);
  await pass(300);
  expect(text(world.cached())).toBe('a0 b0');
  return world;
}

test('an event during a fetch that was read before it is not lost', async () => {
  const { rest, queryClient, cached } = await listAtRest();
  void queryClient.refetchQueries({ queryKey: KEY });
  await pass(20);
  rest.put('a', 1);
  await pass(5000);
  expect(text(cached())).toBe('a1 b0');
});

test('one that comes while a neighbour is fetched waits, and a new fetch of its own ends right', async () => {
  const { rest, queryClient, cached } = await listAtRest();
  void queryClient.fetchQuery({ queryKey: [...PREFIX, 'slow'], queryFn: () => rest.get() });
  await pass(30);
  rest.put('a', 1);
  rest.downMs = 400;
  rest.positions = false;
  void queryClient.refetchQueries({ queryKey: KEY });
  await pass(5000);
  expect(text(cached())).toBe('a1 b0');
});

test('data taken away while an event waits does not hold it back elsewhere', async () => {
  const { rest, queryClient, cached } = await listAtRest();
  const slow = { queryKey: [...PREFIX, 'slow'], queryFn: () => new Promise<Item[]>(() => {}) };
  void queryClient.prefetchQuery(slow);
  await pass(20);
  rest.put('a', 1);
  await pass(500);
  expect(text(cached())).toBe('a0 b0');
  queryClient.removeQueries({ queryKey: slow.queryKey });
  await pass(500);
  expect(text(cached())).toBe('a1 b0');
});

test('a rollback takes the own change back and keeps what the event brought', async () => {
  const { rest, queryClient, cached } = await listAtRest();
  const rollback = await optimisticUpdate<Item[]>(queryClient, KEY, (old) =>
    old.map((item) => (item.id === 'a' ? { id: 'a', v: 9 } : item)),
  );
  rest.put('b', 5);
  await pass(1000);
  expect(text(cached())).toBe('a9 b5');
  rollback();
  await pass(5000);
  expect(text(cached())).toBe('a0 b5');
});

test('a debounced mark that comes after a newer one does not hide it', async () => {
  const world = setUp();
  world.rest.positions = true;
  function Also() {
    const events = ['ADDED', 'DELETED'] as const;
    useRealtimeSync({ topic: TOPIC, queryKey: [...KEY], events, debounceMs: 20 });
    return null;
  }
  mount(world, [<Board key="b" rest={world.rest} />, <Also key="a" />]);
  await pass(300);
  world.rest.put('b', 1);
  await pass(16);
  world.rest.put('a', 9);
  await pass(5000);
  expect(text(world.cached())).toBe('a9 b1');
});
