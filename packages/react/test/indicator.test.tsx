import { act, screen } from '@testing-library/react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { describe, expect, test, vi } from 'vitest';

import { FLICKER_MS } from '../src/ConnectionIndicator';
import { ConnectionIndicator, ConnectionIndicatorCompact } from '../src/indicator';
import { fakeTime, mount, pass, setUp, type World } from './harness';

fakeTime();

const status = () => screen.getByRole('status');
const button = () => screen.queryByRole('button', { name: 'Reconnect' });

/** The connection is lost, and does not come back. */
async function cut(world: World): Promise<void> {
  world.server.down = true;
  world.server.socket.end();
  await pass(FLICKER_MS + 100);
}

/** The connection is refused for good. */
async function refuse(world: World): Promise<void> {
  world.server.socket.end(3501, 'you logged out');
  await pass(FLICKER_MS + 100);
}

describe.each([
  ['full', ConnectionIndicator],
  ['compact', ConnectionIndicatorCompact],
])('%s', (_, Indicator) => {
  test('says the state in words, not in colour alone', async () => {
    const world = setUp();
    mount(world, <Indicator />);
    expect(status().textContent).toMatch(/Connecting/);
    await pass(100);
    expect(status().textContent).toMatch(/Connected/);
  });

  test('an interruption of under a second is not shown; a longer one is', async () => {
    const world = setUp();
    mount(world, <Indicator />);
    await pass(100);
    vi.mocked(Math.random).mockReturnValue(0.1);
    world.server.socket.end();
    await pass(FLICKER_MS / 2);
    expect(status().textContent).toMatch(/Connected/);
    await pass(FLICKER_MS);
    expect(status().textContent).toMatch(/Connected/);
    await cut(world);
    expect(status().textContent).toMatch(/Reconnecting/);
  });

  test('while it reconnects, it says why', async () => {
    const world = setUp();
    mount(world, <Indicator />);
    await pass(100);
    await cut(world);
    expect(status().textContent).toMatch(/Reconnecting… \(server out of reach\)/);
    expect(button()).toBeNull();
  });

  test("a server's own reason is told in its words", async () => {
    const world = setUp();
    mount(world, <Indicator />);
    await pass(100);
    vi.mocked(Math.random).mockReturnValue(0.9);
    world.server.socket.end(3007, 'too many tabs');
    await pass(FLICKER_MS + 100);
    expect(status().textContent).toMatch(/Reconnecting… \(too many tabs\)/);
  });

  test('a token that cannot be had is no riddle', async () => {
    const world = setUp({
      options: { getToken: () => Promise.reject(new TypeError('Failed to fetch')) },
    });
    mount(world, <Indicator />);
    await pass(FLICKER_MS + 100);
    expect(status().textContent).toMatch(/Reconnecting… \(server out of reach\)/);
  });

  test('a terminal error says why, and a button connects again', async () => {
    const world = setUp();
    mount(world, <Indicator />);
    await pass(100);
    await refuse(world);
    expect(status().textContent).toMatch(/Connection failed \(you logged out\)/);
    act(() => button()?.click());
    await pass(100);
    expect(status().textContent).toMatch(/Connected/);
    expect(button()).toBeNull();
  });

  test('a disconnect() is told, with a button', async () => {
    const world = setUp({ options: { reconnect: false } });
    mount(world, <Indicator />);
    await pass(100);
    await cut(world);
    expect(status().textContent).toMatch(/Disconnected/);
    expect(button()).not.toBeNull();
  });

  test('the button is large enough, and leaves the focus beside it', async () => {
    const world = setUp();
    mount(world, <Indicator />);
    await pass(100);
    await refuse(world);
    const { minWidth, minHeight } = button()?.style ?? {};
    expect([minWidth, minHeight]).toEqual(['24px', '24px']);
    act(() => button()?.focus());
    act(() => button()?.click());
    expect(button()).toBeNull();
    expect(document.activeElement).toBe(status());
  });

  test.each([
    ['identity is null', { identity: null }],
    ['there is no token', { getToken: () => null }],
  ])('signed out (%s): no alarm, and no button that would do nothing', async (_why, options) => {
    const world = setUp({ options });
    mount(world, <Indicator />);
    await pass(FLICKER_MS + 100);
    expect(status().textContent).toMatch(/Signed out$/);
    expect(button()).toBeNull();
  });

  test('a log-in that comes within a second shows no log-out before it', async () => {
    const world = setUp({ options: { identity: null } });
    const view = mount(world, <Indicator />);
    await pass(FLICKER_MS / 2);
    expect(status().textContent).toMatch(/Connecting/);
    view.show(<Indicator />, { identity: 'anna' });
    await pass(100);
    expect(status().textContent).toMatch(/Connected/);
  });

  test('hideWhenConnected shows nothing while all is well, and speaks up when not', async () => {
    const world = setUp();
    mount(world, <Indicator hideWhenConnected />);
    expect(status().textContent).toBe('');
    await pass(100);
    expect(status().textContent).toBe('');
    expect(screen.queryByTitle('Connected')).toBeNull();
    const announcer = status();
    await cut(world);
    expect(status().textContent).toMatch(/Reconnecting/);
    expect(status()).toBe(announcer);
  });

  test('hideWhenConnected: a first connection that takes long is told of', async () => {
    const world = setUp({ options: { getToken: () => new Promise(() => {}) } });
    mount(world, <Indicator hideWhenConnected />);
    await pass(FLICKER_MS - 100);
    expect(status().textContent).toBe('');
    await pass(200);
    expect(status().textContent).toMatch(/Connecting/);
  });

  test('the class and the state are on the outermost element', async () => {
    const world = setUp();
    const { container } = mount(world, <Indicator className="mine" />);
    await pass(100);
    const outermost = container.firstElementChild;
    expect(outermost?.className).toBe('mine');
    expect(outermost?.getAttribute('data-state')).toBe('connected');
  });

  test("a server's HTML raises no alarm, and is hydrated as it is", async () => {
    const world = setUp();
    const page = world.wrap(<Indicator />);
    const container = document.body.appendChild(document.createElement('div'));
    container.innerHTML = renderToString(page);
    expect(status().textContent).toMatch(/Connecting/);
    expect(button()).toBeNull();

    const complaints = vi.spyOn(console, 'error').mockImplementation(() => {});
    const onRecoverableError = vi.fn();
    const said = new Set<string | null>();
    const watcher = new MutationObserver(() => said.add(status().textContent));
    watcher.observe(container, { subtree: true, childList: true, characterData: true });
    const served = status();
    const root = await act(() => hydrateRoot(container, page, { onRecoverableError }));
    await pass(100);
    expect(status()).toBe(served);
    expect(status().textContent).toMatch(/Connected/);
    expect([...said].join()).not.toMatch(/Disconnected|Signed/);
    expect(onRecoverableError).not.toHaveBeenCalled();
    expect(complaints).not.toHaveBeenCalled();
    watcher.disconnect();
    act(() => root.unmount());
    container.remove();
  });

  test('is themed by CSS variables', async () => {
    const world = setUp();
    mount(world, <Indicator />);
    await pass(100);
    expect(status().innerHTML).toContain('var(--tidings-connected');
  });
});

test('compact: its words are a tooltip, and for screen readers', async () => {
  const world = setUp();
  mount(world, <ConnectionIndicatorCompact />);
  await pass(100);
  expect(screen.getByTitle('Connected').contains(status())).toBe(true);
  const [shape, words] = status().children;
  expect(shape?.getAttribute('aria-hidden')).toBe('true');
  expect((words as HTMLElement).style.clipPath).not.toBe('');
});

/** The contrast of two colours, as WCAG counts it. */
function contrast(a: string, b: string): number {
  const luminance = (color: string) => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5]
      .map((at) => parseInt(color.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

test.each([
  ['connected', () => pass(0)],
  ['reconnecting', cut],
  ['error', refuse],
])('its colours stand out from light and from dark pages: %s', async (_, happen) => {
  const world = setUp();
  mount(world, <ConnectionIndicator />);
  await pass(100);
  await happen(world);
  const [color = ''] = /#[0-9a-f]{6}/.exec(status().innerHTML) ?? [];
  expect(contrast(color, '#ffffff')).toBeGreaterThanOrEqual(3);
  expect(contrast(color, '#1e1e1e')).toBeGreaterThanOrEqual(3);
});
