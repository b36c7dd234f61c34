// What is owed to one query for several reasons at once: none pays for another.

import { QueryObserver, useQuery } from '@tanstack/react-query';
import { expect, test } from 'vitest';

import { tagPosition, useRealtimeSync } from '../src/index';
import { optimisticUpdate } from '../src/optimistic';
import { Board, fakeTime, KEY, mount, pass, setUp, sleep, text, TOPIC, type Item } from './harness';

fakeTime();

const AT_REST_MS = 300;
const AFTER_READ_MS = 20;

async function boardAtRest() {
  const world = setUp();
  const view = mount(world, <Board rest={world.rest} />);
  await pass(AT_REST_MS);
  return { ...world, view };
}

test('two topics of one query: data that has the change of one may lack that of the other', async () => {
  const world = setUp();
  const { server, queryClient } = world;
  const [X, Y] = ['duo:x', 'duo:y'];
  const DUO = ['duo'];
  const rows = { x: 0, y: 0 };
  function Duo() {
    useQuery({
      queryKey: DUO,
      queryFn: async () => {
        await sleep(10);
        const [read, header] = [{ ...rows }, `${server.header(X)}, ${server.header(Y)}`];
        await sleep(40);
        return tagPosition(read, header);
      },
    });
    useRealtimeSync({ topic: X, queryKey: DUO });
    useRealtimeSync({ topic: Y, queryKey: DUO });
    return null;
  }
  mount(world, <Duo />);
  await pass(AT_REST_MS);
  void queryClient.refetchQueries({ queryKey: DUO });
  await pass(5);
  rows.x = 1;
  server.publish(X);
  await pass(AFTER_READ_MS);
  rows.y = 1;
  server.publish(Y);
  await pass(AT_REST_MS);
  expect(queryClient.getQueryData(DUO)).toEqual({ x: 1, y: 1 });
});

test("a write of the app's during a fetch does not pay for a change that came after it had begun", async () => {
  const { rest, queryClient, cached } = await boardAtRest();
  const change = await optimisticUpdate<Item[]>(queryClient, KEY, () => [{ id: 'a', v: 5 }]);
  void queryClient.refetchQueries({ queryKey: KEY });
  await pass(AFTER_READ_MS);
  rest.rows.set('a', { id: 'a', v: 6 });
  change.commit();
  queryClient.setQueryData<Item[]>(KEY, [{ id: 'a', v: -1 }]);
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a6');
});

test('a fetch that began anew once, after a reconnect, is not called off by the events to come', async () => {
  const { rest, server, cached } = await boardAtRest();
  server.socket.end();
  await pass(AT_REST_MS);
  const { requests } = rest;
  for (let i = 1; i <= 20; i++) {
    rest.put('a', i);
    await pass(2);
  }
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a20');
  expect(rest.requests - requests).toBe(2);
});

test('a query that is removed before its turn comes is not fetched, but its successor', async () => {
  const { rest, queryClient, cached } = await boardAtRest();
  const { requests } = rest;
  queryClient.setQueryData<Item[]>(KEY, [{ id: 'a', v: -1 }]);
  queryClient.removeQueries({ queryKey: KEY });
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a0');
  expect(rest.requests).toBe(requests + 1);
});

test('what a fetch brings, it brings to a hook that joins as well: others had filtered it out', async () => {
  const world = setUp();
  const { rest, queryClient, cached } = world;
  rest.positions = true;
  const board = <Board key="b" rest={rest} events={['ADDED']} />;
  function Unfiltered() {
    useRealtimeSync({ topic: TOPIC, queryKey: [...KEY] });
    return null;
  }
  const view = mount(world, [board]);
  await pass(AT_REST_MS);
  rest.put('a', 1);
  await pass(AT_REST_MS);
  void queryClient.refetchQueries({ queryKey: KEY });
  await pass(AT_REST_MS);
  const { requests } = rest;
  view.show([board, <Unfiltered key="u" />]);
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a1');
  expect(rest.requests).toBe(requests);
});

test('what changes during a fetch is fetched after it, though nothing renders in between', async () => {
  const world = setUp();
  const { rest, queryClient, cached } = world;
  function Sync() {
    useRealtimeSync({ topic: TOPIC, queryKey: KEY });
    return null;
  }
  mount(world, <Sync />);
  await pass(AT_REST_MS);
  const observer = new QueryObserver(queryClient, {
    queryKey: KEY,
    queryFn: ({ signal }) => rest.get(signal),
  });
  const stop = observer.subscribe(() => {});
  await pass(AFTER_READ_MS);
  rest.put('a', 1);
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a1');
  stop();
});

test('what nobody looks at counts as outdated: who asks for it then is given the newest', async () => {
  const world = setUp();
  const { rest, queryClient } = world;
  function Sync() {
    useRealtimeSync({ topic: TOPIC, queryKey: KEY });
    return null;
  }
  mount(world, <Sync />);
  const ask = () =>
    queryClient.fetchQuery({ queryKey: KEY, queryFn: () => rest.get(), staleTime: Infinity });
  const first = ask();
  await pass(AT_REST_MS);
  expect(text(await first)).toBe('a0');
  rest.put('a', 1);
  await pass(AT_REST_MS);
  const second = ask();
  await pass(AT_REST_MS);
  expect(text(await second)).toBe('a1');
});

test('an answer that was called off for a new one after a reconnect does not come after it', async () => {
  const { rest, server, cached } = await boardAtRest();
  rest.get = rest.get.bind(rest, undefined);
  rest.downMs = 2000;
  rest.put('b', 1);
  await pass(AFTER_READ_MS);
  rest.downMs = 10;
  server.socket.end();
  rest.rows.set('a', { id: 'a', v: 1 });
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a1 b1');
  await pass(1000);
  expect(text(cached())).toBe('a1 b1');
  await pass(1000);
  expect(text(cached())).toBe('a1 b1');
});
