import { dehydrate, QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { act, cleanup, screen } from '@testing-library/react';
import { describe, expect, test, vi } from 'vitest';

import { CONFIRM_WITHIN_MS } from '../../query/src/debts';
import { type WSEvent } from '../src/index';
import { baseOf, newMutationId, optimisticUpdate } from '../src/optimistic';
import {
  Board,
  fakeTime,
  KEY,
  mount,
  pass,
  renders,
  setUp,
  sleep,
  text,
  TOPIC,
  type FakeRest,
  type Item,
} from './harness';

fakeTime();

const shown = () => screen.getByTestId('board').textContent;
const AT_REST_MS = 500;

const setTo = (id: string, v: number) => (old: Item[]) =>
  old.map((item) => (item.id === id ? { id, v } : item));

async function boardAtRest({ positions = false } = {}) {
  const world = setUp();
  world.rest.positions = positions;
  world.rest.rows.set('b', { id: 'b', v: 0 });
  const view = mount(world, <Board rest={world.rest} />);
  await pass(AT_REST_MS);
  renders.splice(0);
  const change = (id: string, v: number, mutationId?: string) =>
    optimisticUpdate(world.queryClient, KEY, setTo(id, v), { mutationId });
  return { ...world, world, view, change };
}

describe('layers', () => {
  test('show at once; rolling back removes the own layer and nothing else', async () => {
    const { rest, change } = await boardAtRest();
    const first = await change('a', 5);
    const second = await change('b', 6);
    await pass();
    expect(shown()).toBe('a5 b6');
    rest.put('c', 1);
    await pass(AT_REST_MS);
    expect(shown()).toBe('a5 b6 c1');
    act(() => first());
    await pass();
    expect(shown()).toBe('a0 b6 c1');
    act(() => first());
    act(() => second());
    await pass();
    expect(shown()).toBe('a0 b0 c1');
  });

  test('neither cancel a fetch nor throw on an empty cache', async () => {
    const world = setUp();
    const cancel = vi.spyOn(world.queryClient, 'cancelQueries');
    mount(world, <Board rest={world.rest} />);
    const rollback = await optimisticUpdate(world.queryClient, KEY, setTo('a', 5));
    await pass(AT_REST_MS);
    expect(cancel).not.toHaveBeenCalled();
    expect(shown()).toBe('a5');
    act(() => rollback());
    await pass();
    expect(shown()).toBe('a0');
  });

  test('a query that does not exist is not created', async () => {
    const world = setUp();
    const rollback = await optimisticUpdate(world.queryClient, ['nowhere'], setTo('a', 5));
    expect(world.queryClient.getQueryCache().getAll()).toHaveLength(0);
    rollback.commit();
    rollback();
  });

  test.each([
    ['null is a change like any other', null, null],
    ['undefined is none', undefined, { id: 'a' }],
  ])('%s', async (_, updated, shown) => {
    const client = new QueryClient();
    client.setQueryData(['favourite'], { id: 'a' });
    const rollback = await optimisticUpdate<object | null>(client, ['favourite'], () => updated);
    expect(client.getQueryData(['favourite'])).toEqual(shown);
    rollback();
    expect(client.getQueryData(['favourite'])).toEqual({ id: 'a' });
  });

  test('an updater that throws is left out, and said', async () => {
    const complain = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { queryClient, change } = await boardAtRest();
    await optimisticUpdate(queryClient, KEY, () => {
      throw new Error('mine');
    });
    await change('a', 5);
    await pass();
    expect(shown()).toBe('a5 b0');
    expect(complain).toHaveBeenCalled();
  });

  test('keep what the cache says about staleness and errors', async () => {
    const { queryClient, change } = await boardAtRest();
    const before = queryClient.getQueryState(KEY)?.dataUpdatedAt;
    await pass(1000);
    await queryClient.invalidateQueries({ queryKey: KEY, refetchType: 'none' });
    await change('a', 5);
    expect(queryClient.getQueryState(KEY)).toMatchObject({
      isInvalidated: true,
      dataUpdatedAt: before,
    });
  });

  test('persistence sees the base, never the fold', async () => {
    const { queryClient, change } = await boardAtRest();
    await change('a', 5);
    const [query] = dehydrate(queryClient).queries;
    expect(query?.state.data).toEqual([
      { id: 'a', v: 0 },
      { id: 'b', v: 0 },
    ]);
    const data = queryClient.getQueryData(KEY);
    expect(data).toEqual([
      { id: 'a', v: 5 },
      { id: 'b', v: 0 },
    ]);
    expect(baseOf(data)).toEqual([
      { id: 'a', v: 0 },
      { id: 'b', v: 0 },
    ]);
  });

  test('a write of the app over a layer stays; the layer applies again to new data', async () => {
    const { rest, queryClient, change } = await boardAtRest();
    rest.hung = true;
    const rollback = await change('a', 5);
    queryClient.setQueryData<Item[]>(KEY, (old) => old && [...old, { id: 'z', v: 1 }]);
    await pass();
    expect(shown()).toBe('a5 b0 z1');
    rest.hung = false;
    void queryClient.refetchQueries({ queryKey: KEY }).catch(() => {});
    await pass(AT_REST_MS);
    expect(shown()).toBe('a5 b0');
    act(() => rollback());
    await pass();
    expect(shown()).toBe('a0 b0');
  });

  test('… and is not applied a second time by a later one', async () => {
    const { rest, queryClient, change } = await boardAtRest();
    rest.hung = true;
    await optimisticUpdate(queryClient, KEY, (old: Item[]) => [...old, { id: 'x', v: 1 }]);
    queryClient.setQueryData<Item[]>(KEY, (old) => old && [...old, { id: 'z', v: 1 }]);
    await change('b', 7);
    await pass();
    expect(shown()).toBe('a0 b7 x1 z1');
  });

  test('a direct update goes beneath them, so that a rollback does not keep what they showed', async () => {
    const world = setUp();
    world.rest.positions = true;
    const onEvent = (event: WSEvent) =>
      void world.queryClient.setQueryData<Item[]>(
        KEY,
        (old) => old && [...old, event.data.payload as Item],
      );
    mount(world, <Board rest={world.rest} onEvent={onEvent} />);
    await pass(AT_REST_MS);
    const rollback = await optimisticUpdate(world.queryClient, KEY, setTo('a', 5));
    world.rest.put('b', 1);
    await pass(100);
    expect(shown()).toBe('a5 b1');
    act(() => rollback());
    await pass(AT_REST_MS);
    expect(shown()).toBe('a0 b1');
    expect(world.rest.requests).toBe(1);
  });

  test('a direct update that rolls one back leaves those to other data', async () => {
    const world = setUp();
    const { rest, queryClient, cached } = world;
    const OTHER = [...KEY, 'other'];
    let onEvent = () => {};
    mount(world, <Board rest={rest} onEvent={() => onEvent()} />);
    await pass(AT_REST_MS);
    queryClient.setQueryData(OTHER, [{ id: 'a', v: 0 }]);
    onEvent = await optimisticUpdate(queryClient, KEY, setTo('a', 5));
    await optimisticUpdate(queryClient, OTHER, setTo('a', 6));
    rest.put('a', 1);
    await pass(10);
    expect([text(cached()), text(queryClient.getQueryData(OTHER))]).toEqual(['a0', 'a6']);
  });

  test('a direct update that brings the first data goes beneath them, too', async () => {
    const world = setUp();
    const { rest, queryClient, cached } = world;
    const onEvent = (event: WSEvent) =>
      void queryClient.setQueryData<Item[]>(KEY, [event.data.payload as Item]);
    mount(world, <Board rest={rest} query={{ enabled: false }} onEvent={onEvent} />);
    await pass(300);
    const rollback = await optimisticUpdate<Item[]>(queryClient, KEY, () => [{ id: 'a', v: 5 }]);
    rest.put('a', 1);
    await pass(300);
    expect(text(cached())).toBe('a5');
    act(() => rollback());
    expect(text(cached())).toBe('a1');
  });

  test('rolling back what the app wrote over asks the server, synced or not', async () => {
    const { rest, queryClient, view, change } = await boardAtRest();
    view.show(<Board rest={rest} enabled={false} />);
    const rollback = await change('a', 5);
    queryClient.setQueryData<Item[]>(KEY, (old) => old && [...old]);
    act(() => rollback());
    await pass(AT_REST_MS);
    expect(shown()).toBe('a0 b0');
  });
});

describe('the end of a layer', () => {
  test('its echo: the change stays on the screen without a flicker', async () => {
    const { rest, change } = await boardAtRest({ positions: true });
    const mutationId = newMutationId();
    await change('a', 5, mutationId);
    await pass();
    rest.put('a', 5, { mutation_id: mutationId });
    await pass(AT_REST_MS);
    expect(renders).toEqual(['a5 b0']);
    rest.put('a', 6);
    await pass(AT_REST_MS);
    expect(renders).toEqual(['a5 b0', 'a6 b0']);
  });

  test('the server may have made something else of it', async () => {
    const { rest, change } = await boardAtRest();
    const mutationId = newMutationId();
    await change('a', 5, mutationId);
    rest.put('a', 55, { mutation_id: mutationId });
    await pass(AT_REST_MS);
    expect(shown()).toBe('a55 b0');
  });

  test("another mutation's echo does not end it", async () => {
    const { rest, change } = await boardAtRest();
    await change('a', 5, newMutationId());
    rest.put('a', 1, { mutation_id: newMutationId() });
    await pass(AT_REST_MS);
    expect(shown()).toBe('a5 b0');
  });

  test('an echo with a direct update, in the same breath', async () => {
    const world = setUp();
    world.rest.positions = true;
    const onEvent = () => void world.queryClient.setQueryData<Item[]>(KEY, setTo('a', 5) as never);
    mount(world, <Board rest={world.rest} onEvent={onEvent} />);
    await pass(AT_REST_MS);
    renders.splice(0);
    const mutationId = newMutationId();
    await optimisticUpdate(world.queryClient, KEY, setTo('a', 5), { mutationId });
    await pass();
    const before = world.rest.requests;
    world.rest.put('a', 5, { mutation_id: mutationId });
    await pass(AT_REST_MS);
    expect(world.rest.requests).toBe(before);
    expect(renders).toEqual(['a5']);
    expect(baseOf(world.cached())).toBe(world.cached());
  });

  test('commit(position): when the data is there', async () => {
    const { rest, server, change } = await boardAtRest({ positions: true });
    const rollback = await change('a', 5);
    server.latencyMs = 300;
    rest.put('a', 5);
    act(() => rollback.commit({ topic: TOPIC, ...server.head(TOPIC) }));
    await pass(AT_REST_MS + 300);
    expect(renders).toEqual(['a5 b0']);
    rest.put('a', 6);
    await pass(AT_REST_MS + 300);
    expect(renders).toEqual(['a5 b0', 'a6 b0']);
  });

  test('commit() without more: a fetch that began afterwards', async () => {
    const { rest, change } = await boardAtRest();
    const rollback = await change('a', 5);
    await pass();
    rest.rows.set('a', { id: 'a', v: 55 });
    act(() => rollback.commit());
    await pass(AT_REST_MS);
    expect(renders).toEqual(['a5 b0', 'a55 b0']);
  });

  test('not a fetch that began before', async () => {
    const { rest, queryClient, change } = await boardAtRest();
    const rollback = await change('a', 5, newMutationId());
    void queryClient.refetchQueries({ queryKey: KEY });
    await pass(20);
    rest.rows.set('a', { id: 'a', v: 5 });
    act(() => rollback.commit());
    await pass(AT_REST_MS);
    expect(renders).toEqual(['a5 b0']);
  });

  test('an echo that never comes: a fetch brings the truth', async () => {
    const { rest, change } = await boardAtRest();
    const rollback = await change('a', 5, newMutationId());
    rest.rows.set('a', { id: 'a', v: 55 });
    act(() => rollback.commit());
    await pass(CONFIRM_WITHIN_MS - 100);
    expect(shown()).toBe('a5 b0');
    await pass(AT_REST_MS);
    expect(shown()).toBe('a55 b0');
  });

  test('a query that no topic keeps right: an accepted change becomes its data', async () => {
    const world = setUp();
    world.queryClient.setQueryData<Item[]>(KEY, [{ id: 'a', v: 0 }]);
    const first = await optimisticUpdate(world.queryClient, KEY, setTo('a', 5));
    const second = await optimisticUpdate(world.queryClient, KEY, setTo('a', 6));
    first.commit();
    second();
    expect(world.cached()).toEqual([{ id: 'a', v: 5 }]);
    expect(dehydrate(world.queryClient).queries[0]?.state.data).toEqual([{ id: 'a', v: 5 }]);
  });

  test('… which is at no position then: the next subscription fetches', async () => {
    const { world, rest, queryClient, view, change } = await boardAtRest({ positions: true });
    view.show(<Board rest={rest} enabled={false} />);
    const mine = await change('a', 5);
    rest.put('a', 5);
    rest.put('a', 6);
    void queryClient.refetchQueries({ queryKey: KEY });
    await pass(rest.upMs + 1);
    // Its answer comes when the fetch has read already, and has not landed yet.
    mine.commit();
    await pass(AT_REST_MS);
    view.show(<Board rest={rest} />);
    await pass(AT_REST_MS);
    expect(world.cached()).toEqual(rest.list);
  });
});

describe("the contract's pattern", () => {
  /** As in SEED.md: it carries no id and never commits. */
  function useUpdate(rest: FakeRest) {
    const queryClient = useQueryClient();
    return useMutation({
      mutationFn: ({ id, v, fails }: Item & { fails?: boolean }) =>
        fails ? sleep(30).then(() => Promise.reject(new Error('422'))) : rest.write(id, v, false),
      onMutate: async (item) => {
        const rollback = await optimisticUpdate(queryClient, KEY, (old: Item[]) =>
          old.map((each) => (each.id === item.id ? { id: item.id, v: item.v } : each)),
        );
        return { rollback };
      },
      onError: (_error, _item, context) => context?.rollback(),
    });
  }

  function Editor({ rest }: { rest: FakeRest }) {
    const { mutate } = useUpdate(rest);
    return (
      <>
        <Board rest={rest} />
        <button onClick={() => mutate({ id: 'a', v: 5 })}>save</button>
        <button onClick={() => mutate({ id: 'a', v: 5, fails: true })}>fail</button>
      </>
    );
  }

  async function editor() {
    const world = setUp();
    mount(world, <Editor rest={world.rest} />);
    await pass(AT_REST_MS);
    renders.splice(0);
    return world;
  }

  test('success: no intermediate value is rendered', async () => {
    const { rest } = await editor();
    act(() => screen.getByText('save').click());
    await pass(AT_REST_MS);
    expect(renders).toEqual(['a5']);
    rest.put('a', 6);
    await pass(AT_REST_MS);
    expect(renders).toEqual(['a5', 'a6']);
  });

  test('… at any speed of the network', async () => {
    for (const [upMs, downMs, latencyMs] of [
      [5, 200, 1],
      [200, 5, 1],
      [50, 50, 300],
      [1, 1, 1],
    ] as const) {
      const world = await editor();
      Object.assign(world.rest, { upMs, downMs });
      world.server.latencyMs = latencyMs;
      act(() => screen.getByText('save').click());
      await pass(2000);
      expect(renders).toEqual(['a5']);
      cleanup();
    }
  });

  test('failure: it is taken back', async () => {
    await editor();
    act(() => screen.getByText('fail').click());
    await pass(AT_REST_MS);
    expect(renders).toEqual(['a5', 'a0']);
  });

  test('failure without onError: taken back all the same', async () => {
    const world = await editor();
    const Bare = () => {
      const client = useQueryClient();
      const { mutate } = useMutation({
        mutationFn: () => Promise.reject(new Error('422')),
        onMutate: () => optimisticUpdate(client, KEY, setTo('a', 9)),
      });
      return <button onClick={() => mutate()}>bare</button>;
    };
    cleanup();
    mount(world, [<Board key="b" rest={world.rest} />, <Bare key="x" />]);
    await pass(AT_REST_MS);
    act(() => screen.getByText('bare').click());
    await pass(AT_REST_MS);
    expect(shown()).toBe('a0');
  });
});

test('mutation ids are fresh, also where the page is not secure', () => {
  const ids = new Set(Array.from({ length: 100 }, newMutationId));
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
  for (let i = 0; i < 100; i++) ids.add(newMutationId());
  vi.unstubAllGlobals();
  expect(ids.size).toBe(200);
  for (const id of ids) expect(id).toMatch(/^[a-f0-9]{32}$/);
});
