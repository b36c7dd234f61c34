import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { BEAT_MS, HELD_MS, useHeldCards } from './useHeldCards';

interface Said {
  user_id: string;
  entity?: string;
  data: unknown;
}

const socket = vi.hoisted(() => ({ send: vi.fn(), hear: vi.fn<(said: unknown) => void>() }));

vi.mock('@/lib/websocket', () => ({
  useSignal(_topic: string, onSignal: (signal: unknown) => void) {
    socket.hear.mockImplementation(onSignal);
    return socket.send;
  },
}));

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  socket.send.mockClear();
  vi.useRealTimers();
});

const hear = (said: Said) => act(() => socket.hear(said));

test('what one drags is said again and again, and names its card, also when it is let go of', () => {
  const { result, unmount } = renderHook(() => useHeldCards('l'));
  const { tell } = result.current;
  const up = [{ dragging: true }, { entity: 'a' }];
  const down = [{ dragging: false }, { entity: 'a' }];
  tell('a');
  vi.advanceTimersByTime(BEAT_MS);
  tell(null);
  tell(null);
  vi.advanceTimersByTime(BEAT_MS);
  expect(socket.send.mock.calls).toEqual([up, up, down]);
  tell('a');
  tell('b');
  expect(socket.send.mock.calls.slice(3)).toEqual([up, down, [up[0], { entity: 'b' }]]);
  unmount();
});

test('others hold the cards that their signals name, until they let go or vanish', () => {
  const { result } = renderHook(() => useHeldCards('l'));
  const held = () => [...result.current.held];
  hear({ user_id: 'ben', data: { dragging: true } });
  hear({ user_id: 'ben', entity: 'a', data: 'nonsense' });
  expect(held()).toEqual([]);
  hear({ user_id: 'ben', entity: 'a', data: { dragging: true } });
  hear({ user_id: 'cleo', entity: 'c', data: { dragging: true } });
  expect(held()).toEqual([
    ['a', 'ben'],
    ['c', 'cleo'],
  ]);
  hear({ user_id: 'ben', entity: 'b', data: { dragging: true } });
  hear({ user_id: 'ben', entity: 'a', data: { dragging: false } }); // late
  hear({ user_id: 'cleo', entity: 'c', data: { dragging: false } });
  expect(held()).toEqual([['b', 'ben']]);
  act(() => void vi.advanceTimersByTime(HELD_MS));
  expect(held()).toEqual([]);
});
