// A topic and its hooks: who shares an answer, who is refused, who has left.

import { StrictMode } from 'react';
import { expect, test, vi } from 'vitest';

import { createClient } from '@tidings/client';

import { bridgeOf } from '../src/bridge/bridge';
import { useRealtimeSync, WebSocketProvider } from '../src/index';
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
  const { channels } = bridgeOf(world.queryClient);
  const undo = channels.sync(client, TOPIC, KEY, NOTHING);
  await pass(300);
  const told = vi.fn();
  const wishes = () => ({ onSubscribed: told, onUnsubscribed: told });
  channels.sync(client, TOPIC, KEY, wishes)();
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

test('with its last hook a channel stops looking at the connection', () => {
  const world = setUp();
  const client = createClient({ url: 'wss://host/ws', WebSocket: world.server.WebSocket });
  const ends: (() => void)[] = [];
  const onStatus = client.onStatus.bind(client);
  vi.spyOn(client, 'onStatus').mockImplementation((listener) => {
    const end = vi.fn(onStatus(listener));
    ends.push(end);
    return end;
  });
  const { channels } = bridgeOf(world.queryClient);
  const first = channels.sync(client, TOPIC, KEY, NOTHING);
  const second = channels.sync(client, TOPIC, KEY, NOTHING);
  first();
  expect(ends).toHaveLength(1);
  expect(ends[0]).not.toHaveBeenCalled();
  second();
  expect(ends[0]).toHaveBeenCalledTimes(1);
});
