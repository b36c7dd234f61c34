// The races of TanStack Query with events, each with the bridge, and each shown to go wrong without.

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { screen } from '@testing-library/react';
import { useEffect } from 'react';
import { describe, expect, test } from 'vitest';

import { useRealtimeSync, useWebSocket, type WSEvent } from '../src/index';
import { optimisticUpdate } from '../src/optimistic';
import {
  fakeTime,
  KEY,
  mount,
  pass,
  renders,
  setUp,
  text,
  TOPIC,
  type FakeRest,
  type Item,
  type World,
} from './harness';

fakeTime();

type Handler = (event: WSEvent, client: ReturnType<typeof useQueryClient>) => void;

/** What most apps write: every event invalidates, or is written into the cache. */
function useNaiveSync(options: { onEvent?: Handler; cancelRefetch?: boolean }): void {
  const { onEvent, cancelRefetch = true } = options;
  const { subscribe } = useWebSocket();
  const client = useQueryClient();
  useEffect(
    () =>
      subscribe(TOPIC, (event) => {
        if (onEvent) onEvent(event, client);
        else void client.invalidateQueries({ queryKey: KEY }, { cancelRefetch });
      }),
    [subscribe, client, onEvent, cancelRefetch],
  );
}

function useBridge({ onEvent }: { onEvent?: Handler }): void {
  useRealtimeSync({ topic: TOPIC, queryKey: KEY, onEvent });
}

type UseSync = typeof useNaiveSync;

interface Props {
  rest: FakeRest;
  useSync: UseSync;
  shows?: boolean;
  onEvent?: Handler;
  cancelRefetch?: boolean;
}

function List({ rest }: { rest: FakeRest }) {
  const { data } = useQuery({ queryKey: KEY, queryFn: () => rest.get() });
  const now = text(data);
  if (renders.at(-1) !== now) renders.push(now);
  return <div data-testid="board">{now}</div>;
}

/** Syncs always, and shows the list or not. */
function App({ rest, useSync, shows = true, ...options }: Props) {
  useSync(options);
  return shows ? <List rest={rest} /> : null;
}

const shown = () => screen.getByTestId('board').textContent;
const writeDirectly: Handler = (event, client) =>
  client.setQueryData<Item[]>(KEY, (old) =>
    old?.map((item) => (item.id === event.data.entity_id ? (event.data.payload as Item) : item)),
  );

/** With a fetch of 10 ms to the read and 40 ms back, this is after the read. */
const AFTER_READ_MS = 20;
const AT_REST_MS = 500;

/** What is on the screen when all is at rest; the server has a1. */
const races: Record<
  string,
  { run: (world: World, useSync: UseSync) => Promise<string | null>; naive: string }
> = {
  'A an event during the initial fetch': {
    naive: 'a0',
    async run(world, useSync) {
      mount(world, <App rest={world.rest} useSync={useSync} />);
      await pass(AFTER_READ_MS);
      world.rest.put('a', 1);
      await pass(AT_REST_MS);
      return shown();
    },
  },
  'B cancelQueries during the initial fetch': {
    naive: 'loading',
    async run(world, useSync) {
      world.rest.rows.set('a', { id: 'a', v: 1 });
      mount(world, <App rest={world.rest} useSync={useSync} />);
      await pass(AFTER_READ_MS);
      await world.queryClient.cancelQueries({ queryKey: KEY });
      await pass(AT_REST_MS);
      return shown();
    },
  },
  'C an event during a prefetch that nobody observes': {
    naive: 'a0',
    async run(world, useSync) {
      const { rest } = world;
      const view = mount(world, <App rest={rest} useSync={useSync} shows={false} />);
      await pass(100);
      void world.queryClient.prefetchQuery({ queryKey: KEY, queryFn: () => rest.get() });
      await pass(AFTER_READ_MS);
      rest.put('a', 1);
      await pass(AT_REST_MS);
      view.show(<App rest={rest} useSync={useSync} />);
      await pass(AT_REST_MS);
      return shown();
    },
  },
  'D a refetch in flight, unmount, an event': {
    naive: 'a0',
    async run(world, useSync) {
      const view = mount(world, <App rest={world.rest} useSync={useSync} />);
      await pass(AT_REST_MS);
      void world.queryClient.refetchQueries({ queryKey: KEY });
      await pass(AFTER_READ_MS);
      view.show(<App rest={world.rest} useSync={useSync} shows={false} />);
      world.rest.put('a', 1);
      await pass(AT_REST_MS);
      view.show(<App rest={world.rest} useSync={useSync} />);
      await pass(AT_REST_MS);
      return shown();
    },
  },
  'E a direct write during a refetch': {
    naive: 'a0',
    async run(world, useSync) {
      mount(world, <App rest={world.rest} useSync={useSync} onEvent={writeDirectly} />);
      await pass(AT_REST_MS);
      void world.queryClient.refetchQueries({ queryKey: KEY });
      await pass(AFTER_READ_MS);
      world.rest.put('a', 1);
      await pass(AT_REST_MS);
      return shown();
    },
  },
  'F an event every 30 ms, a fetch of 50 ms': {
    naive: 'a0',
    async run(world, useSync) {
      mount(world, <App rest={world.rest} useSync={useSync} />);
      await pass(AT_REST_MS);
      const before = renders.length;
      for (let i = 0; i < 20; i++) {
        world.rest.put('a', 1);
        await pass(30);
      }
      return renders.length > before ? 'a1' : shown();
    },
  },
  'G an event during a refetch, with cancelRefetch: false': {
    naive: 'a0',
    async run(world, useSync) {
      mount(world, <App rest={world.rest} useSync={useSync} cancelRefetch={false} />);
      await pass(AT_REST_MS);
      void world.queryClient.refetchQueries({ queryKey: KEY });
      await pass(AFTER_READ_MS);
      world.rest.put('a', 1);
      await pass(AT_REST_MS);
      return shown();
    },
  },
  'H a rollback after an event': {
    naive: 'a0',
    async run(world, useSync) {
      mount(world, <App rest={world.rest} useSync={useSync} onEvent={writeDirectly} />);
      await pass(AT_REST_MS);
      const rename = (old: Item[] | undefined) => old?.map((item) => ({ ...item, v: 9 })) ?? [];
      let rollback: () => void;
      if (useSync === useNaiveSync) {
        const snapshot = world.cached();
        world.queryClient.setQueryData<Item[]>(KEY, rename);
        rollback = () => void world.queryClient.setQueryData(KEY, snapshot);
      } else {
        rollback = await optimisticUpdate(world.queryClient, KEY, rename);
      }
      await pass();
      expect(shown()).toBe('a9');
      world.rest.put('a', 1);
      await pass(AFTER_READ_MS);
      rollback();
      await pass(AT_REST_MS);
      return shown();
    },
  },
};

describe.each(Object.entries(races))('%s', (_name, { run, naive }) => {
  // Guarantees: L2
  test('with the bridge the screen ends equal to the server', async () => {
    expect(await run(setUp(), useBridge)).toBe('a1');
  });

  test('with the bridge and positions, too', async () => {
    const world = setUp();
    world.rest.positions = true;
    expect(await run(world, useBridge)).toBe('a1');
  });

  test('without the bridge it does not', async () => {
    expect(await run(setUp(), useNaiveSync)).toBe(naive);
  });
});
