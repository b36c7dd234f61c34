// Filters on events: what one hook does not care for, another may.

import { expect, test } from 'vitest';

import { useRealtimeSync } from '../src/index';
import { Board, fakeTime, KEY, mount, pass, setUp, text, TOPIC } from './harness';

fakeTime();

function Unfiltered() {
  useRealtimeSync({ topic: TOPIC, queryKey: [...KEY] });
  return null;
}

test('a hook without a filter that joins gets what others had filtered out', async () => {
  const world = setUp();
  const { rest, cached } = world;
  rest.positions = true;
  const board = <Board key="b" rest={rest} events={['ADDED']} />;
  const view = mount(world, [board]);
  await pass(300);
  rest.put('a', 1);
  await pass(300);
  expect(text(cached())).toBe('a0');
  view.show([board, <Unfiltered key="u" />]);
  await pass(5000);
  expect(text(cached())).toBe('a1');
});

test('… and so does one that comes when the others have gone', async () => {
  const world = setUp();
  const { rest, cached } = world;
  rest.positions = true;
  const view = mount(world, <Board rest={rest} events={['ADDED']} />);
  await pass(300);
  rest.put('a', 1);
  await pass(300);
  view.show(<p>Another page</p>);
  await pass(5000);
  view.show(<Board rest={rest} />);
  await pass(5000);
  expect(text(cached())).toBe('a1');
});

test('… and a hook that drops its filter', async () => {
  const world = setUp();
  const { rest, cached } = world;
  rest.positions = true;
  const view = mount(world, <Board rest={rest} events={['ADDED']} />);
  await pass(300);
  rest.put('a', 1);
  await pass(300);
  view.show(<Board rest={rest} />);
  await pass(5000);
  expect(text(cached())).toBe('a1');
});
