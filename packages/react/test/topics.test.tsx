// How a topic stands: what the hook returns, calls and says.

import { useQuery } from '@tanstack/react-query';
import { act, screen } from '@testing-library/react';
import { useEffect } from 'react';
import { expect, test, vi } from 'vitest';

import {
  usePollingFallback,
  useRealtimeSync,
  type RealtimeSyncHandle,
  type UseRealtimeSyncOptions,
} from '../src/index';
import { Board, fakeTime, KEY, mount, pass, setUp, text, TOPIC, type FakeRest } from './harness';

fakeTime();

/** A component that shows how its topic stands. */
function Topic(options: Partial<UseRealtimeSyncOptions>) {
  const { state, error } = useRealtimeSync({ topic: TOPIC, queryKey: [...KEY], ...options });
  return (
    <p data-testid="topic">
      {state} {error?.code}
    </p>
  );
}

const shown = () => screen.getByTestId('topic').textContent;
const silence = () => vi.spyOn(console, 'error').mockImplementation(() => {});

test('off, waiting, live; waiting again while the connection is away', async () => {
  const world = setUp();
  world.rest.put('b', 1);
  const view = mount(world, <Topic />);
  expect(shown()).toBe('waiting ');
  await pass(500);
  expect(shown()).toBe('live ');
  world.server.down = true;
  world.server.socket.end();
  await pass(100);
  expect(shown()).toBe('waiting ');
  world.server.down = false;
  await pass(60_000);
  expect(shown()).toBe('live ');
  view.show(<Topic enabled={false} />);
  expect(shown()).toBe('off ');
});

test('a refused topic: its state, its error, onError, and one word on the console', async () => {
  const error = silence();
  const world = setUp();
  world.server.forbidden.add(TOPIC);
  const onError = vi.fn();
  mount(world, <Topic onError={onError} />);
  await pass(500);
  expect(shown()).toBe('refused forbidden');
  expect(onError.mock.calls).toEqual([
    [expect.objectContaining({ code: 'forbidden', topic: TOPIC })],
  ]);
  // Each reconnect asks again, and is refused again.
  world.server.socket.end();
  await pass(20_000);
  expect(error.mock.calls.map(([words]) => String(words))).toEqual([
    expect.stringMatching(/TIDINGS-R3.*"list-items:1" was refused \(forbidden\).*Check/),
  ]);
});

test('what is no topic is refused, and the client alone complains', async () => {
  const error = silence();
  mount(setUp(), <Topic topic="list-items:undefined" />);
  await pass(500);
  expect(shown()).toBe('refused invalid_topic');
  expect(error).toHaveBeenCalledTimes(1);
});

test('a topic that is taken away is refused, and its hook hears of it', async () => {
  const error = silence();
  const world = setUp();
  const onError = vi.fn();
  mount(world, <Topic onError={onError} />);
  await pass(500);
  act(() => world.server.revoke(TOPIC));
  await pass(500);
  expect(shown()).toBe('refused revoked');
  expect(onError).toHaveBeenCalledTimes(1);
  expect(error).not.toHaveBeenCalled();
});

test('a topic that is granted again is live again', async () => {
  silence();
  const world = setUp();
  world.server.forbidden.add(TOPIC);
  mount(world, <Topic />);
  await pass(500);
  world.server.forbidden.clear();
  world.server.socket.end();
  await pass(20_000);
  expect(shown()).toBe('live ');
});

test('an onError that throws takes nothing down', async () => {
  const error = silence();
  const world = setUp();
  world.server.forbidden.add(TOPIC);
  const onError = () => {
    throw new Error('a bug of the app');
  };
  mount(world, [<Topic key="t" onError={onError} />, <Board key="b" rest={world.rest} />]);
  await pass(500);
  expect(shown()).toBe('refused forbidden');
  expect(error.mock.calls.flat()).toContain('[tidings] onError threw');
});

test('who does not read how the topic stands is not rendered for it; the handle reads it then', async () => {
  const world = setUp();
  let renders = 0;
  const held: { topic?: RealtimeSyncHandle } = {};
  function Ignores() {
    renders++;
    const topic = useRealtimeSync({ topic: TOPIC, queryKey: [...KEY] });
    useEffect(() => {
      held.topic = topic;
    });
    return null;
  }
  mount(world, <Ignores />);
  await pass(500);
  expect(renders).toBe(1);
  expect(held.topic?.state).toBe('live');
});

test('the handle is the same until something changes', async () => {
  const world = setUp();
  const handles = new Set<RealtimeSyncHandle>();
  function Reads() {
    const topic = useRealtimeSync({ topic: TOPIC, queryKey: [...KEY] });
    handles.add(topic);
    return <i>{topic.state}</i>;
  }
  const view = mount(world, <Reads />);
  await pass(500);
  const before = handles.size;
  view.show(<Reads />);
  await pass(500);
  expect(handles.size).toBe(before);
});

function Polled({ rest }: { rest: FakeRest }) {
  const { data } = useQuery({ queryKey: KEY, queryFn: ({ signal }) => rest.get(signal) });
  useRealtimeSync({ topic: TOPIC, queryKey: KEY });
  usePollingFallback({ queryKey: KEY });
  return <p data-testid="polled">{text(data)}</p>;
}

test('a refused topic is polled for as if there were no connection, until it is granted', async () => {
  silence();
  const world = setUp();
  const { rest, server } = world;
  server.forbidden.add(TOPIC);
  mount(world, <Polled rest={rest} />);
  await pass(500);
  rest.put('a', 1);
  await pass(12_000);
  expect(screen.getByTestId('polled').textContent).toBe('a1');
  server.forbidden.clear();
  server.socket.end();
  await pass(20_000);
  const before = rest.requests;
  await pass(60_000);
  expect(rest.requests).toBe(before);
});
