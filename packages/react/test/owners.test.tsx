// Whose a change is that carries no hint of it: a mutation's that can have made it, or nobody's.

import { useMutation, type UseMutationOptions } from '@tanstack/react-query';
import { act } from '@testing-library/react';
import { expect, test } from 'vitest';

import { optimisticUpdate } from '../src/optimistic';
import { Board, fakeTime, KEY, mount, pass, setUp, sleep, text, type Item } from './harness';

fakeTime();

const A_MOMENT_MS = 20;
const AT_REST_MS = 300;
const LONG_MS = 20_000;

const refuse = () => Promise.reject(new Error('422'));

/** A board, and mutations beside it. */
async function boardWith(...all: UseMutationOptions<unknown, Error, void, unknown>[]) {
  const world = setUp();
  const begin: (() => void)[] = [];
  function Editor({ number }: { number: number }) {
    begin[number] = useMutation(all[number]!).mutate;
    return null;
  }
  mount(world, [
    <Board key="b" rest={world.rest} />,
    ...all.map((_, number) => <Editor key={number} number={number} />),
  ]);
  await pass(AT_REST_MS);
  const change = () => optimisticUpdate<Item[]>(world.queryClient, KEY, () => [{ id: 'a', v: 5 }]);
  return { ...world, change, begin: (number = 0) => act(() => begin[number]!()) };
}

test.each([
  ['without an onMutate', {}],
  ['whose onMutate is over', { onMutate: () => ({ nothing: 'of this' }) }],
])('made by hand while a mutation %s fails: it stays', async (_, more) => {
  const mutationFn = () => sleep(AT_REST_MS).then(refuse);
  const { begin, change, cached } = await boardWith({ mutationFn, ...more });
  begin();
  await pass(A_MOMENT_MS);
  const rollback = await change();
  await pass(LONG_MS);
  expect(text(cached())).toBe('a5');
  act(() => rollback());
  await pass(1);
  expect(text(cached())).toBe('a0');
});

test('made late in an onMutate, while a later mutation is over already: it ends with its own', async () => {
  let make: () => Promise<unknown> = () => Promise.resolve();
  const { begin, change, cached } = await boardWith(
    {
      mutationFn: refuse,
      onMutate: () =>
        sleep(AT_REST_MS)
          .then(() => make())
          .then(() => {}),
    },
    { mutationFn: () => Promise.resolve(), onMutate: () => {} },
  );
  make = change;
  begin(0);
  await pass(A_MOMENT_MS);
  begin(1);
  await pass(LONG_MS);
  expect(text(cached())).toBe('a0');
});
