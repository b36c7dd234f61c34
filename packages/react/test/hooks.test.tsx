import { useQuery, type QueryKey } from '@tanstack/react-query';
import { screen } from '@testing-library/react';
import { useEffect } from 'react';
import { describe, expect, test, vi } from 'vitest';

import { useRealtimeSync, useWebSocket, type WebSocketHandle, type WSEvent } from '../src/index';
import { Board, KEY, mount, pass, setUp, TOPIC, fakeTime, type FakeRest } from './harness';

fakeTime();

const shown = () => screen.getByTestId('board').textContent;

describe('useRealtimeSync', () => {
  test('shows what the server has, and every change of it', async () => {
    const world = setUp();
    mount(world, <Board rest={world.rest} />);
    await pass(200);
    expect(shown()).toBe('a0');
    world.rest.put('a', 1);
    await pass(200);
    expect(shown()).toBe('a1');
    world.rest.put('b', 1);
    await pass(200);
    expect(shown()).toBe('a1 b1');
  });

  test("keys that only the app's own hash function can hash", async () => {
    const world = setUp({ queries: { queryKeyHashFn: (key: QueryKey) => key.map(String).join() } });
    const queryKey = ['list-items', 1n];
    function Big() {
      const { data } = useQuery({ queryKey, queryFn: ({ signal }) => world.rest.get(signal) });
      useRealtimeSync({ topic: TOPIC, queryKey });
      return <p data-testid="board">{data?.map(({ id, v }) => id + String(v)).join(' ')}</p>;
    }
    mount(world, <Big />);
    await pass(200);
    world.rest.put('a', 1);
    await pass(200);
    expect(shown()).toBe('a1');
  });

  test('a burst of events costs one fetch, and one trailing at most', async () => {
    const world = setUp();
    mount(world, <Board rest={world.rest} />);
    await pass(200);
    const before = world.rest.requests;
    for (let i = 1; i <= 10; i++) world.rest.put('a', i);
    await pass(200);
    expect(world.rest.requests - before).toBe(1);
    expect(world.rest.mostInFlight).toBe(1);
  });

  test('events: others do not refetch', async () => {
    const world = setUp();
    mount(world, <Board rest={world.rest} events={['ADDED']} />);
    await pass(200);
    const before = world.rest.requests;
    world.rest.put('a', 1);
    await pass(200);
    expect(world.rest.requests).toBe(before);
    world.rest.put('b', 1);
    await pass(200);
    expect(shown()).toBe('a1 b1');
  });

  test('debounceMs waits for quiet, but not for ever', async () => {
    const world = setUp();
    mount(world, <Board rest={world.rest} debounceMs={500} />);
    await pass(200);
    const before = world.rest.requests;
    world.rest.put('a', 1);
    await pass(450);
    expect(world.rest.requests).toBe(before);
    await pass(100);
    expect(world.rest.requests).toBe(before + 1);
    for (let i = 0; i < 30; i++) {
      world.rest.put('a', i);
      await pass(100);
    }
    // 3 s of events every 100 ms: the maximum wait is 2 s.
    expect(world.rest.requests).toBe(before + 2);
    await pass(1000);
    expect(shown()).toBe('a29');
  });

  test('debounceMs flushes on unmount: nothing is forgotten', async () => {
    const world = setUp();
    const view = mount(world, <Board rest={world.rest} debounceMs={500} />);
    await pass(200);
    world.rest.put('a', 1);
    await pass(50);
    view.show(null);
    await pass(0);
    expect(world.queryClient.getQueryState(KEY)?.isInvalidated).toBe(true);
  });

  test('inline options never re-subscribe', async () => {
    const world = setUp();
    const view = mount(world, <Board rest={world.rest} onEvent={() => {}} events={['ADDED']} />);
    await pass(200);
    for (let i = 0; i < 5; i++) {
      view.show(<Board rest={world.rest} onEvent={() => {}} events={['ADDED']} />);
      await pass(50);
    }
    expect(world.server.asked).toHaveLength(1);
    expect(world.server.framesOf('unsubscribe')).toHaveLength(0);
  });

  test('onSubscribed comes with the answer, onUnsubscribed with the end', async () => {
    const world = setUp();
    const heard: string[] = [];
    const sync = {
      onSubscribed: () => heard.push('on'),
      onUnsubscribed: () => heard.push('off'),
    };
    world.server.mute = true;
    const view = mount(world, <Board rest={world.rest} {...sync} />);
    await pass(500);
    expect(heard).toEqual([]);
    world.server.mute = false;
    world.server.socket.end();
    await pass(500);
    expect(heard).toEqual(['on']);
    world.server.socket.end();
    await pass(500);
    expect(heard).toEqual(['on', 'on']);
    view.show(<Board rest={world.rest} {...sync} enabled={false} />);
    expect(heard).toEqual(['on', 'on', 'off']);
    view.show(<Board rest={world.rest} {...sync} enabled />);
    await pass(500);
    expect(heard).toEqual(['on', 'on', 'off', 'on']);
  });

  test('a hook that joins while disconnected hears of no subscription before there is one', async () => {
    const world = setUp();
    const onSubscribed = vi.fn();
    const Late = () => {
      useRealtimeSync({ topic: TOPIC, queryKey: [...KEY], onSubscribed });
      return null;
    };
    const board = <Board key="b" rest={world.rest} />;
    const view = mount(world, [board]);
    await pass(200);
    world.server.down = true;
    world.server.socket.end();
    await pass(50);
    view.show([board, <Late key="l" />]);
    await pass(1000);
    expect(onSubscribed).not.toHaveBeenCalled();
    world.server.down = false;
    await pass(60_000);
    expect(onSubscribed).toHaveBeenCalledOnce();
  });

  test('enabled off: silence; on again: what was missed is fetched', async () => {
    const world = setUp();
    const view = mount(world, <Board rest={world.rest} />);
    await pass(200);
    view.show(<Board rest={world.rest} enabled={false} />);
    await pass(3000);
    expect(world.server.framesOf('unsubscribe')).toHaveLength(1);
    world.rest.put('a', 1);
    await pass(200);
    expect(shown()).toBe('a0');
    view.show(<Board rest={world.rest} />);
    await pass(200);
    expect(shown()).toBe('a1');
  });

  test('a handler that writes replaces the refetch where positions are known', async () => {
    const world = setUp();
    world.rest.positions = true;
    const onEvent = (event: WSEvent) => {
      const item = event.data.payload as { id: string; v: number };
      world.queryClient.setQueryData(
        KEY,
        (old: { id: string }[] | undefined) =>
          old && [...old.filter(({ id }) => id !== item.id), item],
      );
    };
    mount(world, <Board rest={world.rest} onEvent={onEvent} />);
    await pass(200);
    const before = world.rest.requests;
    world.rest.put('b', 1);
    world.rest.put('b', 2);
    await pass(200);
    expect(shown()).toBe('a0 b2');
    expect(world.rest.requests).toBe(before);
  });

  test('a handler that only logs does not switch syncing off', async () => {
    const world = setUp();
    const log = vi.fn();
    mount(world, <Board rest={world.rest} onEvent={log} />);
    await pass(200);
    world.rest.put('a', 1);
    await pass(200);
    expect(log).toHaveBeenCalledTimes(1);
    expect(shown()).toBe('a1');
  });

  test('a handler that throws falls back to a refetch', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const world = setUp();
    world.rest.positions = true;
    const onEvent = () => {
      world.queryClient.setQueryData(KEY, []);
      throw new Error('mine');
    };
    mount(world, <Board rest={world.rest} onEvent={onEvent} />);
    await pass(200);
    world.rest.put('a', 1);
    await pass(200);
    expect(shown()).toBe('a1');
  });

  test('revoked access removes the data', async () => {
    const world = setUp();
    const get = vi.spyOn(world.rest, 'get');
    mount(world, <Board rest={world.rest} />);
    await pass(200);
    get.mockRejectedValue(new Error('403'));
    world.server.revoke(TOPIC);
    await pass(200);
    expect(world.cached()).toBeUndefined();
    expect(shown()).toBe('loading');
    const before = get.mock.calls.length;
    await pass(60_000);
    expect(get.mock.calls.length).toBe(before);
  });

  test('StrictMode: one socket, one subscription, nothing left after unmount', async () => {
    const world = setUp({ strict: true });
    const view = mount(world, <Board rest={world.rest} />);
    await pass(200);
    expect(shown()).toBe('a0');
    expect(world.server.sockets).toHaveLength(1);
    expect(world.server.asked).toHaveLength(1);
    view.unmount();
    await pass(100);
    expect(world.server.open).toHaveLength(0);
    world.queryClient.clear();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('outside of a provider it says what is missing', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    expect(() => mount({ ...setUp(), wrap: (children) => <>{children}</> }, <Probe />)).toThrow(
      /<WebSocketProvider>/,
    );
  });
});

function Probe({ onRender }: { onRender?: (handle: WebSocketHandle) => void }) {
  const handle = useWebSocket();
  onRender?.(handle);
  return null;
}

describe('useWebSocket', () => {
  test('tells the state', async () => {
    const world = setUp();
    const states: string[] = [];
    mount(world, <Probe onRender={({ state }) => void states.push(state)} />);
    await pass();
    expect(states).toEqual(['disconnected', 'connecting', 'connected']);
  });

  test('re-renders only who reads the state', async () => {
    const world = setUp();
    const onRender = vi.fn();
    mount(world, <Probe onRender={onRender} />);
    await pass();
    world.server.socket.end();
    await pass(100);
    expect(onRender).toHaveBeenCalledTimes(1);
  });

  test('a callback reads the state as it is then', async () => {
    let seen = '';
    function Button() {
      const ws = useWebSocket();
      return <button onClick={() => (seen = ws.state)}>Ask</button>;
    }
    mount(setUp(), <Button />);
    await pass(100);
    screen.getByRole('button').click();
    expect(seen).toBe('connected');
  });

  test('a component that reads the state only in a later render follows it from then on', async () => {
    const world = setUp();
    const Details = ({ isOpen }: { isOpen: boolean }) => {
      const ws = useWebSocket();
      return <p>{isOpen ? ws.state : 'closed'}</p>;
    };
    const view = mount(world, <Details isOpen={false} />);
    await pass(100);
    view.show(<Details isOpen />);
    expect(view.container.textContent).toBe('connected');
    world.server.down = true;
    world.server.socket.end();
    await pass(100);
    expect(view.container.textContent).toBe('reconnecting');
  });

  test('unsubscribe(topic) removes the own handlers, not those of others', async () => {
    const world = setUp();
    const mine = vi.fn();
    const theirs = vi.fn();
    let handle: WebSocketHandle | undefined;
    const Listener = ({ on, grab }: { on: () => void; grab?: boolean }) => {
      const ws = useWebSocket();
      useEffect(() => {
        if (grab) handle = ws;
        ws.subscribe('gift:1', on);
      }, [ws, on, grab]);
      return null;
    };
    mount(
      world,
      <>
        <Listener on={mine} grab />
        <Listener on={theirs} />
      </>,
    );
    await pass(100);
    world.server.publish('gift:1');
    await pass();
    handle?.unsubscribe('gift:1');
    world.server.publish('gift:1');
    await pass();
    expect(mine).toHaveBeenCalledTimes(1);
    expect(theirs).toHaveBeenCalledTimes(2);
  });

  test('an unmounted component hears nothing more', async () => {
    const world = setUp();
    const heard = vi.fn();
    const Careless = () => {
      const { subscribe } = useWebSocket();
      useEffect(() => void subscribe('gift:1', heard), [subscribe]);
      return null;
    };
    const view = mount(world, <Careless />);
    await pass(100);
    view.show(null);
    world.server.publish('gift:1');
    await pass();
    expect(heard).not.toHaveBeenCalled();
  });

  test('disconnect() and connect()', async () => {
    const world = setUp();
    let handle: WebSocketHandle | undefined;
    mount(world, <Probe onRender={(ws) => void ((handle = ws), ws.state)} />);
    await pass();
    handle?.disconnect();
    await pass(60_000);
    expect(handle?.state).toBe('disconnected');
    handle?.connect();
    await pass();
    expect(handle?.state).toBe('connected');
  });
});

describe('WebSocketProvider', () => {
  const Users = ({ rest }: { rest: FakeRest }) => {
    useQuery({ queryKey: KEY, queryFn: () => rest.get() });
    useRealtimeSync({ topic: TOPIC, queryKey: KEY });
    return null;
  };

  test('another identity: a new session, and the data of the last one is gone', async () => {
    const world = setUp();
    const view = mount(world, null);
    view.show(<Users rest={world.rest} />, { identity: 'anna' });
    await pass(200);
    expect(world.cached()).toHaveLength(1);
    world.rest.hung = true;
    view.show(<Users rest={world.rest} />, { identity: 'ben' });
    await pass(20);
    expect(world.cached()).toBeUndefined();
    expect(world.server.open).toHaveLength(1);
    view.show(<Users rest={world.rest} />, { identity: null });
    await pass(200);
    expect(world.server.open).toHaveLength(0);
  });

  test('inline options and a new getToken do not reconnect', async () => {
    const world = setUp();
    const view = mount(world, null);
    for (let i = 0; i < 5; i++) {
      view.show(null, { getToken: () => 'token', debug: false });
      await pass();
    }
    expect(world.server.sockets).toHaveLength(1);
  });
});
