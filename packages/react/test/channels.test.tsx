// A topic and its hooks: who shares an answer, who is refused, who has left.

import { useQuery } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { expect, test, vi } from 'vitest';

import { createClient } from '@tidings/client';

import { bridgeOf, syncTopic } from '@tidings/query';
import { core } from '../src/core';
import { useRealtimeSync, WebSocketProvider } from '../src/index';
import { optimisticUpdate } from '../src/optimistic';
import {
  Board,
  FakeServer,
  fakeTime,
  KEY,
  mount,
  pass,
  setUp,
  text,
  TOPIC,
  type Item,
} from './harness';

fakeTime();

const NOTHING = () => ({});

test('two connections of one app that use the same topic are asked for it each', async () => {
  const world = setUp();
  const { rest, server } = world;
  const other = new FakeServer();
  const options = { url: 'wss://other/ws', WebSocket: other.WebSocket };
  function Other() {
    useRealtimeSync({ topic: TOPIC, queryKey: ['other'] });
    return null;
  }
  mount(world, [
    <Board key="b" rest={rest} />,
    <WebSocketProvider key="p" options={options}>
      <Other />
    </WebSocketProvider>,
  ]);
  await pass(300);
  expect(server.asked.map(({ topic }) => topic)).toEqual([TOPIC]);
  expect(other.asked.map(({ topic }) => topic)).toEqual([TOPIC]);
});

test('a topic that was refused keeps nothing right: what the app writes is the last word', async () => {
  const world = setUp();
  const { rest, server, queryClient, cached } = world;
  server.forbidden.add(TOPIC);
  mount(world, <Board rest={rest} />);
  await pass(300);
  const before = rest.requests;
  queryClient.setQueryData<Item[]>(KEY, [{ id: 'mine', v: 1 }]);
  await pass(5000);
  expect(text(cached())).toBe('mine1');
  expect(rest.requests).toBe(before);
});

test('… until it is answered after all', async () => {
  const world = setUp();
  const { rest, server, queryClient, cached } = world;
  server.forbidden.add(TOPIC);
  mount(world, <Board rest={rest} />);
  await pass(300);
  server.forbidden.clear();
  server.socket.end();
  await pass(5000);
  queryClient.setQueryData<Item[]>(KEY, [{ id: 'mine', v: 1 }]);
  await pass(5000);
  expect(text(cached())).toBe('a0');
});

test('a server that cannot answer for the moment takes nothing away', async () => {
  const world = setUp();
  const { rest, server, cached } = world;
  const view = mount(world, <Board rest={rest} />);
  await pass(300);
  view.show(<p>Another page</p>);
  await pass(5000);
  server.mute = true;
  rest.failing = true;
  view.show(<Board rest={rest} />);
  await pass(100);
  const { ref } = server.framesOf('subscribe').at(-1)!;
  const refusal = { type: 'error', topic: TOPIC, ref, code: 'internal', message: 'not now' };
  server.socket.deliver(refusal);
  await pass(100);
  expect(text(cached())).toBe('a0');
});

test('a hook that comes and goes in the same breath is told of nothing', async () => {
  const world = setUp();
  mount(world, <Board rest={world.rest} />);
  await pass(300);
  const client = createClient({ url: 'wss://host/ws', WebSocket: world.server.WebSocket });
  client.connect();
  const bridge = bridgeOf(core, world.queryClient);
  const undo = syncTopic(bridge, client, TOPIC, KEY, NOTHING);
  await pass(300);
  const told = vi.fn();
  const wishes = () => ({ onSubscribed: told, onUnsubscribed: told });
  syncTopic(bridge, client, TOPIC, KEY, wishes)();
  await pass(300);
  expect(told).not.toHaveBeenCalled();
  undo();
  client.disconnect();
});

test('in StrictMode, too, a hook that joins is told once', async () => {
  const world = setUp();
  const onSubscribed = vi.fn();
  function Joining() {
    useRealtimeSync({ topic: TOPIC, queryKey: [...KEY], onSubscribed });
    return null;
  }
  const board = <Board key="b" rest={world.rest} />;
  const view = mount(world, [board]);
  await pass(300);
  view.show([
    board,
    <StrictMode key="s">
      <Joining />
    </StrictMode>,
  ]);
  await pass(300);
  expect(onSubscribed).toHaveBeenCalledTimes(1);
});

test('however many topics come and go, a connection is looked at once', () => {
  const world = setUp();
  const client = createClient({ url: 'wss://host/ws', WebSocket: world.server.WebSocket });
  const onStatus = vi.spyOn(client, 'onStatus');
  const bridge = bridgeOf(core, world.queryClient);
  for (const topic of [TOPIC, 'other:1', TOPIC]) syncTopic(bridge, client, topic, KEY, NOTHING)();
  // For as long as there is the connection, at whether it comes back.
  expect(onStatus).toHaveBeenCalledTimes(1);
});

test('whose data is older than the events so far fetches it when it joins', async () => {
  const world = setUp();
  const { rest, queryClient } = world;
  rest.positions = true;
  const LATE = ['late'];
  function Late() {
    useRealtimeSync({ topic: TOPIC, queryKey: LATE });
    useQuery({ queryKey: LATE, queryFn: ({ signal }) => rest.get(signal) });
    return null;
  }
  const board = <Board key="b" rest={rest} />;
  const view = mount(world, [board]);
  void queryClient.prefetchQuery({ queryKey: LATE, queryFn: () => rest.get() });
  await pass(300);
  rest.put('a', 1);
  await pass(300);
  view.show([board, <Late key="l" />]);
  await pass(300);
  expect(text(queryClient.getQueryData<Item[]>(LATE))).toBe('a1');
});

test('access lost: the end is told once, and a hook that joins afterwards is told of no beginning', async () => {
  const world = setUp();
  const { rest, server } = world;
  const ends = vi.fn();
  const begins = vi.fn();
  function Joining() {
    useRealtimeSync({ topic: TOPIC, queryKey: [...KEY], onSubscribed: begins });
    return null;
  }
  const board = <Board key="b" rest={rest} onUnsubscribed={ends} />;
  const view = mount(world, [board]);
  await pass(300);
  server.revoke(TOPIC);
  await pass(300);
  view.show([board, <Joining key="j" />]);
  await pass(300);
  view.show([]);
  await pass(300);
  expect(begins).not.toHaveBeenCalled();
  expect(ends).toHaveBeenCalledTimes(1);
});

test('access lost: what REST still gives is not taken away again at each further refusal', async () => {
  const world = setUp();
  const { rest, server, cached } = world;
  const view = mount(world, <Board rest={rest} />);
  await pass(300);
  server.revoke(TOPIC);
  await pass(300);
  expect(text(cached())).toBe('a0');
  view.show(<p>Another page</p>);
  await pass(5000);
  const before = rest.requests;
  view.show(<Board rest={rest} />);
  await pass(5000);
  expect(text(cached())).toBe('a0');
  expect(rest.requests).toBe(before);
});

test('access lost: optimistic changes go with the data', async () => {
  const world = setUp();
  const { rest, server, queryClient, cached } = world;
  mount(world, <Board rest={rest} />);
  await pass(300);
  await optimisticUpdate<Item[]>(queryClient, KEY, () => [{ id: 'a', v: 9 }]);
  expect(text(cached())).toBe('a9');
  server.revoke(TOPIC);
  await pass(300);
  expect(text(cached())).toBe('a0');
});

test('an event that waits for a fetch is not handled by a hook that has left meanwhile', async () => {
  const world = setUp();
  const { rest, queryClient, cached } = world;
  rest.positions = true;
  const onEvent = vi.fn();
  const view = mount(world, [
    <Board key="b" rest={rest} />,
    <Board key="h" rest={rest} onEvent={onEvent} />,
  ]);
  await pass(300);
  void queryClient.refetchQueries({ queryKey: KEY });
  await pass(20);
  rest.put('a', 1);
  await pass(5);
  view.show([<Board key="b" rest={rest} />]);
  await pass(5000);
  expect(onEvent).not.toHaveBeenCalled();
  expect(text(cached())).toBe('a1');
});

test.each([false, true])(
  'an event without a place in its topic is fetched (positions: %s)',
  async (positions) => {
    const world = setUp();
    const { rest, server, queryClient, cached } = world;
    rest.positions = positions;
    function Filtered() {
      useRealtimeSync({ topic: TOPIC, queryKey: ['filtered'], events: ['ADDED'] });
      return null;
    }
    queryClient.setQueryData(['filtered'], 1);
    mount(world, [<Board key="b" rest={rest} />, <Filtered key="f" />]);
    await pass(300);
    rest.rows.set('a', { id: 'a', v: 1 });
    const data = { entity_id: 'a', payload: {}, user_id: 'u', timestamp: '2026-01-01T00:00:00Z' };
    server.socket.deliver({ topic: TOPIC, event: 'UPDATED', data });
    await pass(5000);
    expect(text(cached())).toBe('a1');
  },
);
