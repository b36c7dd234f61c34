// Optimistic changes of mutations whose context hides them, or never came to be.

import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { act } from '@testing-library/react';
import { expect, test } from 'vitest';

import { newMutationId, optimisticUpdate } from '../src/optimistic';
import { Board, fakeTime, KEY, mount, pass, setUp, sleep, text, type Item } from './harness';

fakeTime();

const setTo = (id: string, v: number) => (old: Item[]) =>
  old.map((item) => (item.id === id ? { id, v } : item));
const setA = (client: QueryClient) => optimisticUpdate(client, KEY, setTo('a', 5));
const setB = (client: QueryClient) => optimisticUpdate(client, KEY, setTo('b', 6));

/** A board, and a mutation beside it that succeeds or fails; nothing is done about its layers. */
async function mutateOn(onMutate: (client: QueryClient) => unknown, fails: boolean) {
  const world = setUp();
  const { rest, cached } = world;
  rest.rows.set('b', { id: 'b', v: 0 });
  let go = () => {};
  function Editor() {
    const client = useQueryClient();
    const { mutate } = useMutation({
      mutationFn: () =>
        fails ? sleep(30).then(() => Promise.reject(new Error('422'))) : sleep(30),
      onMutate: () => onMutate(client),
    });
    go = mutate;
    return null;
  }
  mount(world, [<Board key="b" rest={rest} />, <Editor key="e" />]);
  await pass(300);
  act(() => go());
  await pass(20);
  const during = text(cached());
  await pass(60_000);
  return { ...world, during, after: text(cached()) };
}

const SHAPES: Record<string, (client: QueryClient) => Promise<unknown>> = {
  'an array': (client) => Promise.all([setA(client), setB(client)]),
  'an array in the context': async (client) => ({
    rollbacks: [await setA(client), await setB(client)],
  }),
  'objects in the context': async (client) => ({
    a: { undo: await setA(client) },
    b: { deeper: { undo: await setB(client) } },
  }),
  'a Map in the context': async (client) => ({
    undo: new Map([
      ['a', await setA(client)],
      ['b', await setB(client)],
    ]),
  }),
  'a function of the app that calls them': async (client) => {
    const a = await setA(client);
    const b = await setB(client);
    return {
      rollback: () => {
        a();
        b();
      },
    };
  },
};

for (const [shape, onMutate] of Object.entries(SHAPES)) {
  test(`${shape}: all changes go when the mutation fails`, async () => {
    const { during, after } = await mutateOn(onMutate, true);
    expect(during).toBe('a5 b6');
    expect(after).toBe('a0 b0');
  });

  test(`${shape}: all changes give way to the server's when it succeeds`, async () => {
    const { rest, cached, during } = await mutateOn(onMutate, false);
    expect(during).toBe('a5 b6');
    rest.put('a', 7);
    rest.put('b', 8);
    await pass(5000);
    expect(text(cached())).toBe('a7 b8');
  });
}

test('a context that contains itself is no trap', async () => {
  const { after } = await mutateOn(async (client) => {
    const context = { rollback: await setA(client), self: {} };
    context.self = context;
    return context;
  }, true);
  expect(after).toBe('a0 b0');
});

test('onMutate that throws after its optimistic change: the change goes', async () => {
  const { after } = await mutateOn(async (client) => {
    await setA(client);
    throw new Error('a bug of the app');
  }, false);
  expect(after).toBe('a0 b0');
});

test('… also when it awaited something else first, and made two', async () => {
  const { after } = await mutateOn(async (client) => {
    await client.cancelQueries({ queryKey: ['others'] });
    await setA(client);
    await sleep(5);
    await setB(client);
    throw new Error('a bug of the app');
  }, false);
  expect(after).toBe('a0 b0');
});

test('… while the change of another mutation stays until that one settles', async () => {
  const world = setUp();
  const { rest, cached } = world;
  rest.rows.set('b', { id: 'b', v: 0 });
  let good = () => {};
  let bad = () => {};
  function Editor() {
    const client = useQueryClient();
    good = useMutation({
      mutationFn: () => sleep(3000).then(() => Promise.reject(new Error('422'))),
      onMutate: () => setB(client),
    }).mutate;
    bad = useMutation({
      mutationFn: () => sleep(30),
      onMutate: async () => {
        await setA(client);
        await sleep(20);
        throw new Error('a bug of the app');
      },
    }).mutate;
    return null;
  }
  mount(world, [<Board key="b" rest={rest} />, <Editor key="e" />]);
  await pass(300);
  act(() => bad());
  await pass(5);
  act(() => good());
  await pass(1000);
  expect(text(cached())).toBe('a0 b6');
  await pass(60_000);
  expect(text(cached())).toBe('a0 b0');
});

test('a mutation that fails takes nothing of others away', async () => {
  const world = setUp();
  const { rest, cached } = world;
  rest.rows.set('b', { id: 'b', v: 0 });
  let good = () => {};
  let bad = () => {};
  function Editor() {
    const client = useQueryClient();
    good = useMutation({
      mutationFn: () => sleep(3000).then(() => Promise.reject(new Error('422'))),
      onMutate: async () => {
        const rollback = await setB(client);
        await sleep(200);
        return { rollback };
      },
    }).mutate;
    bad = useMutation({
      mutationFn: () => sleep(50).then(() => Promise.reject(new Error('422'))),
      onMutate: () => ({ nothing: 'of this' }),
    }).mutate;
    return null;
  }
  mount(world, [<Board key="b" rest={rest} />, <Editor key="e" />]);
  await pass(300);
  act(() => bad());
  await pass(1);
  const byHand = await setA(world.queryClient);
  act(() => good());
  await pass(1000);
  expect(text(cached())).toBe('a5 b6');
  await pass(60_000);
  expect(text(cached())).toBe('a5 b0');
  act(() => byHand());
});

test.each([
  ['gives way to the server', false],
  ['goes when the mutation fails', true],
])("a change made in the MutationCache's own onMutate %s", async (_, fails) => {
  const world = setUp();
  const { rest, queryClient, cached } = world;
  queryClient.getMutationCache().config.onMutate = async () => void (await setA(queryClient));
  let go = () => {};
  function Editor() {
    go = useMutation({ mutationFn: () => rest.write('a', 5, fails) }).mutate;
    return null;
  }
  mount(world, [<Board key="b" rest={rest} />, <Editor key="e" />]);
  await pass(300);
  act(() => go());
  await pass(5);
  expect(text(cached())).toBe('a5');
  await pass(5000);
  expect(text(cached())).toBe(fails ? 'a0' : 'a5');
  rest.put('a', 6);
  await pass(60_000);
  expect(text(cached())).toBe('a6');
});

test('a change made outside of any mutation stays until the app ends it', async () => {
  const world = setUp();
  mount(world, <Board rest={world.rest} />);
  await pass(300);
  const options = { mutationId: newMutationId() };
  const rollback = await optimisticUpdate(world.queryClient, KEY, setTo('a', 5), options);
  await pass(60_000);
  expect(text(world.cached())).toBe('a5');
  act(() => rollback());
  await pass();
  expect(text(world.cached())).toBe('a0');
});

test.each([true, false])(
  'a change ends with its mutation (which fails: %s) while another, unrelated one hangs; neither has a context',
  async (fails) => {
    const world = setUp();
    const { rest, cached } = world;
    let hang = () => {};
    let move = () => {};
    function Editor() {
      const client = useQueryClient();
      hang = useMutation({ mutationFn: () => new Promise(() => {}), onMutate: () => {} }).mutate;
      move = useMutation({
        mutationFn: () => rest.write('a', 5, fails),
        onMutate: async () => void (await setA(client)),
      }).mutate;
      return null;
    }
    mount(world, [<Board key="b" rest={rest} />, <Editor key="e" />]);
    await pass(300);
    act(() => hang());
    await pass(20);
    act(() => move());
    await pass(500);
    rest.put('a', 9);
    await pass(20_000);
    expect(text(cached())).toBe('a9');
  },
);
