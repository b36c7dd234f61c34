import { act, screen } from '@testing-library/react';
import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';

import { usePresence, useSignal, type Signal, type SignalOptions } from '../src/presence';
import { Board, fakeTime, mount, pass, setUp, TOPIC } from './harness';
import type { FakeServer } from './harness';

fakeTime();

function Avatars({ topic = TOPIC, enabled = true }) {
  const { members, count, error } = usePresence(topic, { enabled });
  return (
    <div data-testid="there">{error?.code ?? `${members.join(' ') || 'nobody'} ${count}`}</div>
  );
}

const shown = () => screen.getByTestId('there').textContent;

/** Somebody else on the topic. */
function guest(server: FakeServer, user: string) {
  const socket = new server.WebSocket('wss://host/ws') as unknown as FakeServer['socket'];
  socket.user = user;
  const ask = { action: 'subscribe', topics: [{ topic: TOPIC, presence: true }] };
  return { socket, enter: () => socket.send(JSON.stringify(ask)) };
}

test('shows who is there, and nobody while there is no connection', async () => {
  const world = setUp({ strict: true });
  const view = mount(world, <Avatars />);
  expect(shown()).toBe('nobody 0');
  await pass();
  expect(shown()).toBe('me 1');
  const bert = guest(world.server, 'bert');
  await pass();
  bert.enter();
  await pass();
  expect(shown()).toBe('bert me 2');
  world.server.down = true;
  world.server.open.forEach((socket) => socket.end());
  await pass();
  expect(shown()).toBe('nobody 0');
  world.server.down = false;
  await pass(20_000);
  expect(shown()).toBe('me 1');
  view.unmount();
  await pass(2000);
  expect(world.server.members(TOPIC)).toEqual([]);
});

test('another topic, and enabled: never the members of the last one', async () => {
  const world = setUp();
  const view = mount(world, <Avatars />);
  await pass();
  view.show(<Avatars topic="list-items:2" />);
  expect(shown()).toBe('nobody 0');
  await pass(2000);
  expect(shown()).toBe('me 1');
  expect(world.server.members(TOPIC)).toEqual([]);
  view.show(<Avatars topic="list-items:2" enabled={false} />);
  await pass(2000);
  expect(shown()).toBe('nobody 0');
  expect(world.server.members('list-items:2')).toEqual([]);
});

test('a refusal of presence leaves the board as it is', async () => {
  const world = setUp();
  world.server.lonely.add(TOPIC);
  const view = mount(world, <Board rest={world.rest} />);
  await pass(100);
  view.show(
    <>
      <Board rest={world.rest} />
      <Avatars />
    </>,
  );
  await pass(100);
  expect(shown()).toBe('forbidden');
  expect(screen.getByTestId('board').textContent).toBe('a0');
  world.rest.put('a', 1);
  await pass(100);
  expect(screen.getByTestId('board').textContent).toBe('a1');
});

test('watching costs a board no fetch', async () => {
  const world = setUp();
  const view = mount(world, <Board rest={world.rest} />);
  await pass(200);
  const { requests } = world.rest;
  view.show(
    <>
      <Board rest={world.rest} />
      <Avatars />
    </>,
  );
  await pass(200);
  expect(shown()).toBe('me 1');
  expect(world.rest.requests).toBe(requests);
});

test('on a server nobody is there', () => {
  expect(renderToString(setUp().wrap(<Avatars />))).toContain('nobody');
});

test('signals reach the latest inline handler, and the sender never changes', async () => {
  const world = setUp({ strict: true });
  const heard: string[] = [];
  const senders = new Set<(data: { card: string }, options?: SignalOptions) => boolean>();
  function Card({ name }: { name: string }) {
    const send = useSignal<{ card: string }>(TOPIC, ({ user_id, data }: Signal<{ card: string }>) =>
      heard.push(`${name} ${user_id} ${data.card}`),
    );
    senders.add(send);
    return null;
  }
  const view = mount(world, <Card name="first" />);
  await pass();
  view.show(<Card name="second" />);
  const bert = guest(world.server, 'bert');
  await pass();
  bert.enter();
  await pass();
  bert.socket.send(JSON.stringify({ action: 'signal', topic: TOPIC, data: { card: 'c1' } }));
  await pass();
  expect(heard).toEqual(['second bert c1']);
  expect(senders.size).toBeLessThanOrEqual(2); // StrictMode renders twice at first
  const [send] = [...senders].slice(-1);
  act(() => void expect(send?.({ card: 'c2' }, { entity: 'c2' })).toBe(true));
  await pass();
  expect(world.server.framesOf('signal').at(-1)).toMatchObject({
    data: { card: 'c2' },
    entity: 'c2',
  });
  view.unmount();
  await pass(3000);
  expect(send?.({ card: 'c3' })).toBe(false);
});
