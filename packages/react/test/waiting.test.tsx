// Events that wait for a fetch to end, so that their handler has the last word: it may end in any way.

import { expect, test } from 'vitest';

import { useRealtimeSync, type WSEvent } from '../src/index';
import { Board, fakeTime, KEY, mount, pass, setUp, sleep, text, TOPIC, type Item } from './harness';

fakeTime();

const AT_REST_MS = 300;

/** A board whose handler has an event of b to take in, that waits for a fetch which never ends. */
async function eventWaits() {
  const world = setUp();
  const { rest, queryClient } = world;
  rest.positions = true;
  const calls: (number | undefined)[] = [];
  const onEvent = (event: WSEvent) => {
    calls.push(event.seq);
    queryClient.setQueryData<Item[]>(KEY, (old) => old && [...old, event.data.payload as Item]);
  };
  const view = mount(world, <Board rest={rest} onEvent={onEvent} />);
  await pass(AT_REST_MS);
  rest.hung = true;
  void queryClient.refetchQueries({ queryKey: KEY });
  await pass(50);
  rest.hung = false;
  rest.put('b', 1);
  await pass(AT_REST_MS);
  expect(calls).toEqual([]);
  const { requests } = rest;
  return { ...world, view, calls, fetched: () => rest.requests - requests };
}

test.each([true, false])('it is cancelled (reverting: %s)', async (revert) => {
  const { queryClient, cached, calls, fetched } = await eventWaits();
  await queryClient.cancelQueries({ queryKey: KEY }, { revert });
  await pass(AT_REST_MS);
  expect(calls).toEqual([1]);
  expect(text(cached())).toBe('a0 b1');
  expect(fetched()).toBe(0);
});

test('the query is reset', async () => {
  const { queryClient, cached, calls } = await eventWaits();
  queryClient.getQueryCache().find({ queryKey: KEY })!.reset();
  await pass(1);
  expect(calls).toEqual([1]);
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a0 b1');
});

test('the data is taken away: no handler gets an event in it, but the next may', async () => {
  const { server, cached, calls } = await eventWaits();
  server.revoke(TOPIC);
  await pass(AT_REST_MS);
  expect(calls).toEqual([]);
  expect(text(cached())).toBe('a0 b1');
});

test("the state is changed by hand, the fetch goes on: the event's turn has not come", async () => {
  const { queryClient, calls } = await eventWaits();
  queryClient.getQueryCache().find({ queryKey: KEY })!.setState({ error: null });
  await pass(AT_REST_MS);
  expect(calls).toEqual([]);
});

test('one that nothing waits for is cancelled: that is the last word', async () => {
  const world = setUp();
  const { rest, queryClient } = world;
  mount(world, <Board rest={rest} />);
  await pass(AT_REST_MS);
  void queryClient.refetchQueries({ queryKey: KEY });
  await pass(5);
  const { requests } = rest;
  await queryClient.cancelQueries({ queryKey: KEY });
  await pass(AT_REST_MS);
  expect(rest.requests).toBe(requests);
});

test('… but not where there is no data yet, though nothing else is owed', async () => {
  const world = setUp();
  const { rest, queryClient, cached } = world;
  function Sync() {
    useRealtimeSync({ topic: TOPIC, queryKey: KEY });
    return null;
  }
  const view = mount(world, [<Sync key="s" />]);
  await pass(AT_REST_MS);
  view.show([<Sync key="s" />, <Board key="b" rest={rest} enabled={false} />]);
  await pass(20);
  await queryClient.cancelQueries({ queryKey: KEY });
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a0');
});

test('there are two: it is handled once, after both', async () => {
  const world = setUp();
  const { rest, queryClient } = world;
  const calls: number[] = [];
  const onEvent = () => void calls.push(Date.now());
  mount(world, <Board rest={rest} queryKey={KEY.slice(0, 1)} onEvent={onEvent} />);
  await pass(AT_REST_MS);
  const fetchFor = (id: string, ms: number) =>
    queryClient.fetchQuery({ queryKey: [KEY[0], id], queryFn: () => sleep(ms).then(() => id) });
  const fetches = [fetchFor('quick', 50), fetchFor('slow', 200)];
  rest.put('a', 1);
  await pass(100);
  expect(calls).toEqual([]);
  await pass(AT_REST_MS);
  expect(calls).toHaveLength(1);
  expect(await Promise.all(fetches)).toEqual(['quick', 'slow']);
});
