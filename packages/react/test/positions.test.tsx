// With positions: nothing is fetched that is there already, and nothing applied twice.

import { screen } from '@testing-library/react';
import { useQuery } from '@tanstack/react-query';
import { describe, expect, test, vi } from 'vitest';

import { positionsAt } from '../../query/src/tags';
import { tagPosition, useRealtimeSync, type WSEvent } from '../src/index';
import {
  Board,
  fakeTime,
  KEY,
  mount,
  pass,
  setUp,
  text,
  TOPIC,
  type Item,
  type World,
} from './harness';

fakeTime();

const shown = () => screen.getByTestId('board').textContent;
const AFTER_READ_MS = 20;
const AT_REST_MS = 500;

/** A direct update that shows when it is applied twice: it appends. */
function appendTo(world: World) {
  const calls: number[] = [];
  const onEvent = (event: WSEvent) => {
    calls.push(event.seq ?? -1);
    world.queryClient.setQueryData<Item[]>(
      KEY,
      (old) => old && [...old, event.data.payload as Item],
    );
  };
  return { calls, onEvent };
}

async function boardAtRest(sync: (world: World) => object = () => ({})) {
  const world = setUp();
  world.rest.positions = true;
  const view = mount(world, <Board rest={world.rest} {...sync(world)} />);
  await pass(AT_REST_MS);
  return { ...world, world, view };
}

test('the first load is one fetch, though the answer came during it', async () => {
  const { rest } = await boardAtRest();
  expect(rest.requests).toBe(1);
});

test('a response that has pages of its own is not taken for an infinite query', async () => {
  const world = setUp();
  const { rest, server } = world;
  const read = () => {
    rest.requests++;
    return Promise.resolve(
      tagPosition({ title: 'A book', pages: rest.list }, server.header(TOPIC)),
    );
  };
  function Book() {
    useQuery({ queryKey: KEY, queryFn: read });
    useRealtimeSync({ topic: TOPIC, queryKey: KEY });
    return null;
  }
  mount(world, <Book />);
  await pass(AT_REST_MS);
  expect(rest.requests).toBe(1);
});

test('without positions it is two: the answer is a mark', async () => {
  const world = setUp();
  mount(world, <Board rest={world.rest} />);
  await pass(AT_REST_MS);
  expect(world.rest.requests).toBe(2);
});

test('a resume that missed nothing fetches nothing', async () => {
  const { rest, server } = await boardAtRest();
  rest.put('a', 1);
  await pass(AT_REST_MS);
  const before = rest.requests;
  server.socket.end();
  await pass(AT_REST_MS);
  expect(server.asked.at(-1)?.since).toEqual({ epoch: 'e0', seq: 1 });
  expect(rest.requests).toBe(before);
});

test('a resume that missed something fetches once', async () => {
  const { rest, server } = await boardAtRest();
  const before = rest.requests;
  server.socket.end();
  rest.put('a', 1);
  rest.put('a', 2);
  await pass(AT_REST_MS);
  expect(shown()).toBe('a2');
  expect(rest.requests).toBe(before + 1);
});

test('a return to a page subscribes since the position held, and fetches nothing', async () => {
  const { rest, server, view } = await boardAtRest();
  view.show(null);
  await pass(3000);
  expect(server.framesOf('unsubscribe')).toHaveLength(1);
  const before = rest.requests;
  view.show(<Board rest={rest} />);
  await pass(AT_REST_MS);
  expect(server.asked.at(-1)?.since).toEqual({ epoch: 'e0', seq: 0 });
  expect(rest.requests).toBe(before);
});

test('an event that the data already has costs nothing', async () => {
  const { rest, server, queryClient } = await boardAtRest();
  server.latencyMs = 200;
  rest.put('a', 1);
  void queryClient.refetchQueries({ queryKey: KEY });
  await pass(100);
  const before = rest.requests;
  await pass(AT_REST_MS);
  expect(shown()).toBe('a1');
  expect(rest.requests).toBe(before);
});

test('a filtered event moves the position: no fetch after a reconnect', async () => {
  const { rest, server } = await boardAtRest(() => ({ events: ['ADDED'] }));
  const before = rest.requests;
  rest.put('a', 1);
  await pass(AT_REST_MS);
  server.socket.end();
  await pass(AT_REST_MS);
  expect(rest.requests).toBe(before);
});

test('… but not when another hook of the same data wants it', async () => {
  const world = setUp();
  world.rest.positions = true;
  const Other = () => {
    useRealtimeSync({ topic: TOPIC, queryKey: KEY, events: ['ADDED'] });
    return null;
  };
  mount(world, [<Other key="o" />, <Board key="b" rest={world.rest} />]);
  await pass(AT_REST_MS);
  world.rest.put('a', 1);
  await pass(AT_REST_MS);
  expect(shown()).toBe('a1');
});

test('data written while nothing was synced is at no position', async () => {
  const { rest, queryClient, view } = await boardAtRest();
  view.show(null);
  await pass(3000);
  queryClient.setQueryData<Item[]>(KEY, [{ id: 'a', v: -1 }]);
  view.show(<Board rest={rest} />);
  await pass(AT_REST_MS);
  expect(shown()).toBe('a0');
});

test('an infinite query is where its oldest page is; a page at no position spoils it', () => {
  const page = (seq: number, epoch = 'e') => tagPosition([{}], [{ topic: TOPIC, epoch, seq }]);
  expect(positionsAt({ pages: [page(41), page(39), page(40)], pageParams: [] })).toEqual([
    { topic: TOPIC, epoch: 'e', seq: 39 },
  ]);
  expect(positionsAt({ pages: [page(41), [{}]], pageParams: [] })).toEqual([]);
  expect(positionsAt({ pages: [page(41), page(41, 'f')], pageParams: [] })).toEqual([]);
  expect(positionsAt({ pages: [], pageParams: [] })).toEqual([]);
});

test('an epoch change falls back to a fetch', async () => {
  const { rest, server } = await boardAtRest();
  rest.put('a', 1);
  await pass(AT_REST_MS);
  server.newEpoch(TOPIC);
  rest.rows.set('a', { id: 'a', v: 7 });
  server.socket.end();
  await pass(AT_REST_MS);
  expect(shown()).toBe('a7');
});

describe('direct updates', () => {
  test('are applied in order, without a fetch', async () => {
    let calls: number[] = [];
    const { rest } = await boardAtRest((world) => {
      const appended = appendTo(world);
      calls = appended.calls;
      return { onEvent: appended.onEvent };
    });
    const before = rest.requests;
    rest.put('b', 1);
    rest.put('c', 1);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a0 b1 c1');
    expect(calls).toEqual([1, 2]);
    expect(rest.requests).toBe(before);
  });

  test('those that come during a fetch are folded onto its result, once', async () => {
    let calls: number[] = [];
    const { rest, queryClient } = await boardAtRest((world) => {
      const appended = appendTo(world);
      calls = appended.calls;
      return { onEvent: appended.onEvent };
    });
    rest.upMs = 60;
    void queryClient.refetchQueries({ queryKey: KEY });
    await pass(20);
    rest.put('b', 1); // before the read: the result has it
    await pass(60);
    rest.put('c', 1); // after the read: it has not
    await pass(AT_REST_MS);
    expect(shown()).toBe('a0 b1 c1');
    expect(calls).toEqual([1, 2]);
    expect(rest.requests).toBe(2);
  });

  test('a fetch that fails lets the waiting ones go', async () => {
    vi.mocked(Math.random).mockReturnValue(0.999);
    const { rest, queryClient } = await boardAtRest((world) => ({
      onEvent: appendTo(world).onEvent,
    }));
    rest.failing = true;
    void queryClient.refetchQueries({ queryKey: KEY });
    await pass(5);
    rest.put('b', 1);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a0 b1');
  });

  test('two components with the same handler apply an event once', async () => {
    const world = setUp();
    world.rest.positions = true;
    const { onEvent } = appendTo(world);
    const Twin = () => {
      const { data } = useQuery({ queryKey: KEY, queryFn: () => world.rest.get() });
      useRealtimeSync({ topic: TOPIC, queryKey: KEY, onEvent });
      return <p>{text(data)}</p>;
    };
    mount(world, [<Twin key="1" />, <Board key="b" rest={world.rest} onEvent={onEvent} />]);
    await pass(AT_REST_MS);
    world.rest.put('b', 1);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a0 b1');
  });

  test('a handler that leaves the data as it was has not taken the event in', async () => {
    const { rest, queryClient } = await boardAtRest((world) => ({
      onEvent: (event: WSEvent) => {
        world.queryClient.setQueryData<Item[]>(KEY, (old) =>
          event.event === 'ADDED' && old ? [...old, event.data.payload as Item] : old,
        );
      },
    }));
    const before = rest.requests;
    rest.put('b', 1);
    await pass(AT_REST_MS);
    expect(rest.requests).toBe(before);
    rest.put('a', 7);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a7 b1');
    expect(queryClient.getQueryData(KEY)).toEqual(rest.list);
  });

  test('without a position the handler runs, and a fetch confirms', async () => {
    const world = setUp();
    const { onEvent, calls } = appendTo(world);
    mount(world, <Board rest={world.rest} onEvent={onEvent} />);
    await pass(AFTER_READ_MS);
    world.rest.put('b', 1);
    world.rest.put('c', 1);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a0 b1 c1');
    expect(calls).toEqual([1, 2]);
  });

  test('… also when the fetch had the event, and the handler repeated it', async () => {
    const world = setUp();
    const { onEvent } = appendTo(world);
    mount(world, <Board rest={world.rest} onEvent={onEvent} />);
    await pass(AT_REST_MS);
    world.rest.upMs = 60;
    void world.queryClient.refetchQueries({ queryKey: KEY });
    await pass(20);
    world.rest.put('b', 1);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a0 b1');
  });

  test('what a handler writes elsewhere, in a synced query, is confirmed', async () => {
    const world = setUp();
    world.rest.positions = true;
    const OTHER = ['other'];
    const Other = () => {
      const { data } = useQuery({ queryKey: OTHER, queryFn: () => Promise.resolve('truth') });
      useRealtimeSync({ topic: 'gift:1', queryKey: OTHER });
      return <p data-testid="other">{data}</p>;
    };
    const onEvent = () => void world.queryClient.setQueryData(OTHER, 'guess');
    mount(world, [<Other key="o" />, <Board key="b" rest={world.rest} onEvent={onEvent} />]);
    await pass(AT_REST_MS);
    world.rest.put('a', 1);
    await pass(AT_REST_MS);
    expect(screen.getByTestId('other').textContent).toBe('truth');
    expect(shown()).toBe('a1');
  });
});
