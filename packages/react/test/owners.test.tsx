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

test.each([
  ['fails', () => sleep(AT_REST_MS).then(refuse), 'a0'],
  ['succeeds', () => sleep(AT_REST_MS), 'a9'],
] as const)(
  'returned in the context: it ends with that mutation, which %s, not with one that prepares meanwhile',
  async (_, mutationFn, after) => {
    let make: () => Promise<unknown> = () => Promise.resolve();
    const { begin, change, rest, cached } = await boardWith(
      {
        mutationFn,
        onMutate: () => sleep(AT_REST_MS).then(async () => ({ rollback: await make() })),
      },
      { mutationFn: () => Promise.resolve(), onMutate: () => new Promise(() => {}) },
    );
    make = change;
    begin(0);
    await pass(A_MOMENT_MS);
    begin(1);
    await pass(AT_REST_MS);
    expect(text(cached())).toBe('a5');
    if (after === 'a9') rest.put('a', 9);
    await pass(LONG_MS);
    expect(text(cached())).toBe(after);
  },
);

test.each([true, false])(
  'made in an onMutate, on data that no topic keeps right: it goes if that fails (%s)',
  async (fails) => {
    const world = setUp();
    const { queryClient, cached } = world;
    function Editor() {
      const { mutate } = useMutation({
        mutationFn: () => (fails ? refuse() : Promise.resolve()),
        onMutate: async () => {
          await optimisticUpdate<Item[]>(queryClient, KEY, () => [{ id: 'a', v: 5 }]);
        },
      });
      return <button onClick={() => mutate()}>save</button>;
    }
    const board = <Board key="b" rest={world.rest} enabled={false} />;
    const view = mount(world, [board, <Editor key="e" />]);
    await pass(AT_REST_MS);
    act(() => view.getByText('save').click());
    await pass(AT_REST_MS);
    expect(text(cached())).toBe(fails ? 'a0' : 'a5');
  },
);

test.each([
  ['returns nothing', undefined],
  ['is the one of all mutations', 'all'],
])('made by hand while a mutation is pending whose onMutate %s: it stays', async (_, ofAll) => {
  const onMutate = () => undefined;
  const mutationFn = () => sleep(AT_REST_MS).then(() => 'done');
  const { begin, change, cached, queryClient } = await boardWith({
    mutationFn,
    ...(ofAll ? {} : { onMutate }),
  });
  if (ofAll) queryClient.getMutationCache().config.onMutate = onMutate;
  begin();
  await pass(A_MOMENT_MS);
  const rollback = await change();
  await pass(LONG_MS);
  expect(text(cached())).toBe('a5');
  rollback();
  expect(text(cached())).toBe('a0');
});

test('made by hand while an onMutate waits that returns a change of its own: it stays', async () => {
  const mutationFn = refuse;
  const own: { change?: () => Promise<unknown> } = {};
  const onMutate = async () => {
    await sleep(AT_REST_MS);
    return { rollback: await own.change!() };
  };
  const { begin, change, cached, queryClient } = await boardWith({ mutationFn, onMutate });
  own.change = () =>
    optimisticUpdate<Item[]>(queryClient, KEY, (old) => [...old, { id: 'b', v: 1 }]);
  begin();
  await pass(A_MOMENT_MS);
  await change();
  await pass(AT_REST_MS);
  await pass(LONG_MS);
  expect(text(cached())).toBe('a5');
});

test("made in an onMutate's first step, and not returned: it ends with its mutation", async () => {
  const made: { change?: () => Promise<unknown> } = {};
  const onMutate = () => void made.change!();
  const { begin, change, cached } = await boardWith({ mutationFn: refuse, onMutate });
  made.change = change;
  begin();
  await pass(LONG_MS);
  expect(text(cached())).toBe('a0');
});

test("the mutations' own onMutate and context are as the app wrote them", async () => {
  const seen: unknown[] = [];
  const onMutate = (...args: unknown[]) => {
    seen.push(...args.slice(0, 1));
    return { mine: true };
  };
  const onSuccess = (...args: unknown[]) => void seen.push(...args.slice(1, 3));
  const mutationFn = () => Promise.resolve('done');
  const { begin } = await boardWith({ mutationFn, onMutate, onSuccess });
  begin();
  await pass(AT_REST_MS);
  expect(seen).toEqual([undefined, undefined, { mine: true }]);
});
