// Access that is lost: heard of, or while nobody is subscribed, so that the next subscribe is refused.

import { useQuery } from '@tanstack/react-query';
import { expect, test } from 'vitest';

import { useRealtimeSync } from '../src/index';
import { Board, fakeTime, KEY, mount, pass, setUp, text, TOPIC } from './harness';

fakeTime();

const LINGER_IS_OVER_MS = 5000;

async function leftAndRevoked() {
  const world = setUp();
  const { rest, server, cached } = world;
  const view = mount(world, <Board rest={rest} />);
  await pass(300);
  view.show(<p>Another page</p>);
  await pass(LINGER_IS_OVER_MS);
  expect(text(cached())).toBe('a0');
  server.forbidden.add(TOPIC);
  rest.failing = true;
  return { ...world, view, before: rest.requests };
}

// Guarantees: S8
test('coming back, what was seen is removed and REST is asked once', async () => {
  const { rest, view, cached, before } = await leftAndRevoked();
  view.show(<Board rest={rest} />);
  await pass(60_000);
  expect(cached()).toBeUndefined();
  expect(rest.requests - before).toBe(1);
});

test('where another page shows the data all along, it goes there too', async () => {
  const world = setUp();
  const { rest, server, cached } = world;
  function List() {
    const { data } = useQuery({ queryKey: KEY, queryFn: ({ signal }) => rest.get(signal) });
    return <p>{text(data)}</p>;
  }
  const list = <List key="l" />;
  const view = mount(world, [list, <Board key="b" rest={rest} />]);
  await pass(300);
  view.show([list]);
  await pass(LINGER_IS_OVER_MS);
  server.forbidden.add(TOPIC);
  rest.failing = true;
  const before = rest.requests;
  view.show([list, <Board key="b" rest={rest} />]);
  await pass(60_000);
  expect(cached()).toBeUndefined();
  expect(rest.requests - before).toBe(1);
});

test('REST has the last word: it may still be read without the topic', async () => {
  const { rest, view, cached, before } = await leftAndRevoked();
  rest.failing = false;
  rest.rows.set('a', { id: 'a', v: 7 });
  view.show(<Board rest={rest} />);
  await pass(60_000);
  expect(text(cached())).toBe('a7');
  expect(rest.requests - before).toBe(1);
});

test('a topic that never was answered takes nothing away', async () => {
  const world = setUp();
  const { rest, server, queryClient, cached } = world;
  server.forbidden.add(TOPIC);
  rest.failing = true;
  queryClient.setQueryData(KEY, [{ id: 'a', v: 0 }]);
  mount(world, <Board rest={rest} />);
  await pass(60_000);
  expect(text(cached())).toBe('a0');
});

function Wider() {
  useRealtimeSync({ topic: TOPIC, queryKey: KEY.slice(0, 1) });
  return null;
}

test('where two hooks have keys that overlap, REST is asked once for each query, not for each key', async () => {
  const world = setUp();
  const { rest, server, cached } = world;
  mount(world, [<Board key="b" rest={rest} />, <Wider key="w" />]);
  await pass(300);
  rest.failing = true;
  const before = rest.requests;
  server.revoke(TOPIC);
  await pass(5000);
  expect(cached()).toBeUndefined();
  expect(rest.requests - before).toBe(1);
});
