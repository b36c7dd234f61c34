// debounceMs beside onEvent: the handler runs at once, what has to be fetched afterwards waits.

import { expect, test, vi } from 'vitest';

import type { WSEvent } from '../src/index';
import { Board, fakeTime, KEY, mount, pass, setUp, text, type Item } from './harness';

fakeTime();

const DEBOUNCE_MS = 500;
const EVENTS = 4;

/** Sends a few events in quick succession; counts what happens before and after the wait. */
async function burst(positions: boolean, handle: (event: WSEvent, world: World) => void) {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const world = setUp();
  const { rest, cached } = world;
  rest.positions = positions;
  let handled = 0;
  const onEvent = (event: WSEvent) => {
    handled++;
    handle(event, world);
  };
  mount(world, <Board rest={rest} debounceMs={DEBOUNCE_MS} onEvent={onEvent} />);
  await pass(300);
  const before = rest.requests;
  const handledAtOnce: number[] = [];
  for (let v = 1; v <= EVENTS; v++) {
    rest.put('a', v);
    await pass(80);
    handledAtOnce.push(handled);
  }
  const early = rest.requests - before;
  await pass(5000);
  const late = rest.requests - before;
  expect(handledAtOnce).toEqual([1, 2, 3, 4]);
  expect(handled).toBe(EVENTS);
  expect(text(cached())).toBe(`a${EVENTS}`);
  return { early, late };
}
type World = ReturnType<typeof setUp>;

const write = (event: WSEvent, { queryClient }: World) =>
  void queryClient.setQueryData<Item[]>(KEY, [event.data.payload as Item]);
const fail = () => {
  throw new Error('a bug of the app');
};

test('a handler that writes nothing: one fetch, after the wait', async () => {
  expect(await burst(true, () => {})).toEqual({ early: 0, late: 1 });
});

test('a handler that throws: one fetch, after the wait', async () => {
  expect(await burst(true, fail)).toEqual({ early: 0, late: 1 });
});

test('a handler that writes data of unknown position: one fetch, after the wait', async () => {
  expect(await burst(false, write)).toEqual({ early: 0, late: 1 });
});

test('a handler that can be trusted: none at all', async () => {
  expect(await burst(true, write)).toEqual({ early: 0, late: 0 });
});
