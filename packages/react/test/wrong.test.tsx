// What is wrong in an app is said once, with its cause and its cure.

import { useQuery } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import { expect, test, vi } from 'vitest';

import { parsePositionHeader, positionsOf, tagPosition, useRealtimeSync } from '../src/index';
import * as server from '../src/server';
import {
  Board,
  fakeTime,
  KEY,
  mount,
  pass,
  setUp,
  TOPIC,
  type FakeRest,
  type Item,
} from './harness';

fakeTime();

const listen = () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  return () => warn.mock.calls.map(([words]) => String(words));
};

test('no provider', () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const Orphan = () => {
    useRealtimeSync({ topic: TOPIC, queryKey: KEY });
    return null;
  };
  expect(() => render(<Orphan />)).toThrow(/TIDINGS-R1: no <WebSocketProvider> above.*Put one/);
});

test('a hook in a server component', () => {
  expect(() => server.useRealtimeSync()).toThrow(
    /TIDINGS-R2: useRealtimeSync was called in a Server Component.*'use client'/,
  );
});

test('a query key that matches no query, and the one that was meant', async () => {
  const said = listen();
  const world = setUp();
  const wrong = ['list-items', 1];
  mount(world, <Board rest={world.rest} queryKey={wrong} />);
  await pass(20_000);
  expect(said()).toEqual([
    expect.stringMatching(
      /TIDINGS-R4: no query has a key that begins with \["list-items",1\].*There is \["list-items","1"\]: 1 and '1'/,
    ),
  ]);
});

test('… and where there is none like it', async () => {
  const said = listen();
  const world = setUp();
  mount(world, <Board rest={world.rest} queryKey={['gifts']} />);
  await pass(20_000);
  expect(said()).toEqual([expect.stringMatching(/TIDINGS-R4.*\["gifts"\].*Use the queryKey/)]);
});

test('a query that comes late is no mistake, nor is a hook that has gone', async () => {
  const said = listen();
  const world = setUp();
  const Sync = () => {
    useRealtimeSync({ topic: TOPIC, queryKey: KEY });
    return null;
  };
  const view = mount(world, <Sync />);
  await pass(1000);
  view.show(<Board rest={world.rest} />);
  await pass(20_000);
  view.unmount();
  await pass(20_000);
  expect(said()).toEqual([]);
});

/** A board whose query function makes something of what the REST client gave it. */
function Mapping({ rest, map }: { rest: FakeRest; map: (items: Item[]) => unknown }) {
  useQuery({ queryKey: KEY, queryFn: async ({ signal }) => map(await rest.get(signal)) });
  useRealtimeSync({ topic: TOPIC, queryKey: KEY });
  return null;
}

test('a position that the query function has lost, once per key', async () => {
  const said = listen();
  const world = setUp();
  world.rest.positions = true;
  mount(world, <Mapping rest={world.rest} map={(items) => items.map((item) => ({ ...item }))} />);
  await pass(1000);
  world.rest.put('a', 1);
  await pass(1000);
  expect(said()).toEqual([
    expect.stringMatching(/TIDINGS-R5.*\["list-items","1"\] has lost its position.*tagPosition\(/),
  ]);
});

test('… which is handed on as the message says', async () => {
  const said = listen();
  const world = setUp();
  world.rest.positions = true;
  const map = (items: Item[]) => tagPosition([...items], positionsOf(items));
  mount(world, <Mapping rest={world.rest} map={map} />);
  await pass(1000);
  expect(world.rest.requests).toBe(1);
  expect(said()).toEqual([]);
});

test('a member of what was read has its position, and ten handled events cost no fetch', async () => {
  const said = listen();
  const world = setUp();
  const { rest, server: fake, queryClient } = world;
  const read = async () => ({ items: await rest.get(), total: 1 });
  function Members() {
    const queryFn = async () => {
      const page = await read();
      return tagPosition(page, parsePositionHeader(fake.header(TOPIC))).items;
    };
    useQuery({ queryKey: KEY, queryFn });
    useRealtimeSync({
      topic: TOPIC,
      queryKey: KEY,
      onEvent: ({ data }) => {
        queryClient.setQueryData<Item[]>(KEY, (old) => old && [data.payload as Item]);
      },
    });
    return null;
  }
  mount(world, <Members />);
  await pass(1000);
  for (let v = 1; v <= 10; v++) {
    rest.put('a', v);
    await pass(20);
  }
  await pass(1000);
  expect(rest.requests).toBe(1);
  expect(world.cached()).toEqual([{ id: 'a', v: 10 }]);
  expect(said()).toEqual([]);
});

test('a staleTime of 0 for what events keep right', async () => {
  const said = listen();
  const world = setUp();
  mount(world, <Board rest={world.rest} query={{ staleTime: 0 }} />);
  await pass(20_000);
  expect(said()).toEqual([
    expect.stringMatching(/TIDINGS-R6: \["list-items","1"\].*staleTime 0.*Leave staleTime out/),
  ]);
});

test('two copies of the package', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const world = setUp();
  mount(world, null);
  vi.resetModules();
  const other = await import('../src/index');
  const Orphan = () => {
    other.useRealtimeSync({ topic: TOPIC, queryKey: KEY });
    return null;
  };
  expect(() => mount(world, <Orphan />)).toThrow(
    /TIDINGS-R7: two copies of @tidings\/react.*npm ls @tidings\/react.*import and some with require/,
  );
});

test('two copies of what keeps the cache right', async () => {
  const said = listen();
  const world = setUp();
  mount(world, null);
  vi.resetModules();
  const query = await import('@tidings/query');
  const { core } = await import('../src/core');
  query.bridgeOf(core, world.queryClient);
  expect(said()).toEqual([expect.stringMatching(/TIDINGS-R7: two copies of @tidings\/query/)]);
});

test("a staleTime of 'static'", async () => {
  const said = listen();
  const world = setUp();
  mount(world, <Board rest={world.rest} query={{ staleTime: 'static' }} />);
  await pass(1000);
  world.rest.put('a', 1);
  await pass(1000);
  expect(said()).toEqual([expect.stringMatching(/TIDINGS-R8.*'static'/)]);
});

test('in production, a code and where to look it up', async () => {
  vi.stubEnv('NODE_ENV', 'production');
  vi.resetModules();
  const { wordsOf } = await import('@tidings/query');
  expect(wordsOf('R3', 'list-items:1', 'forbidden')).toBe(
    '[tidings] TIDINGS-R3: list-items:1 forbidden (see the guide)',
  );
  vi.unstubAllEnvs();
});
