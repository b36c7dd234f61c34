// Fast refresh, as bundlers do it: the edited component takes the place of the old one, keeps its
// state, and has all its effects run anew.

import { act, screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';

// Before React DOM is loaded: that is when it looks for somebody to tell of its roots.
const refresh = await vi.hoisted(async () => {
  const runtime = await import('react-refresh/runtime');
  runtime.injectIntoGlobalHook(globalThis as never);
  return runtime;
});

import { WebSocketProvider, type WebSocketProviderProps } from '../src/index';
import { usePollingFallback } from '../src/polling';
import { usePresence } from '../src/presence';
import { Board, fakeTime, KEY, mount, pass, setUp, TOPIC, type FakeRest } from './harness';

fakeTime();

const shown = () => screen.getByTestId('board').textContent;

/** Saves a file in the editor. */
async function save(name: string, component: unknown): Promise<void> {
  refresh.register(component, name);
  act(() => void refresh.performReactRefresh());
  await pass(200);
}

test('exactly one open socket, and nothing missed', async () => {
  const world = setUp();
  const { rest, server } = world;
  const edit = (edition: number) =>
    function Page({ rest: from }: { rest: FakeRest }) {
      usePollingFallback({ queryKey: KEY });
      usePresence(TOPIC);
      return (
        <section data-testid="page" data-edition={edition}>
          <Board rest={from} />
        </section>
      );
    };
  const Page = edit(1);
  refresh.register(Page, 'Page');
  refresh.register(Board, 'Board');
  refresh.register(WebSocketProvider, 'WebSocketProvider');
  const view = mount(world, <Page rest={rest} />);
  await pass(200);

  for (let edition = 2; edition < 6; edition++) {
    rest.put('a', edition);
    await save('Page', edit(edition));
    rest.put('b', edition);
    await save('Board', (props: Parameters<typeof Board>[0]) => Board(props));
    await save('WebSocketProvider', (props: WebSocketProviderProps) => WebSocketProvider(props));
    expect(screen.getByTestId('page').dataset.edition).toBe(String(edition));
    expect(shown()).toBe(`a${edition} b${edition}`);
    expect(server.open).toHaveLength(1);
    expect(server.members(TOPIC)).toEqual(['me']);
  }

  // Its effects did run anew.
  expect(server.sockets.length).toBeGreaterThan(1);

  view.unmount();
  await pass(2000);
  expect(server.open).toHaveLength(0);
  world.queryClient.clear();
  expect(vi.getTimerCount()).toBe(0);
});
