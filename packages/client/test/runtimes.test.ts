// The client as bundlers hand it on, in runtimes that have little: no page, no `process`, no
// `import.meta`, as React Native and a page without a bundler.

import { createContext, runInContext } from 'node:vm';

import { buildSync } from 'esbuild';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type * as main from '../src/index';
import type { TidingsClient, WebSocketOptions } from '../src/index';
import type * as presence from '../src/presence';
import { FakeServer, pass } from './harness';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** The whole package as one classic script, as an app's bundler makes it. */
function script(mode?: 'production' | 'development'): string {
  const define: Record<string, string> = mode ? { 'process.env.NODE_ENV': `"${mode}"` } : {};
  const { outputFiles } = buildSync({
    stdin: {
      contents: `export * from './src/index'; export * from './src/presence';`,
      resolveDir: `${import.meta.dirname}/..`,
    },
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'neutral', // no condition but `default`, as in Jest and Metro
    globalName: 'tidings',
    target: 'es2022',
    define,
    write: false,
  });
  return outputFiles[0]!.text;
}

type Package = typeof main & typeof presence;

/** Loads it where nothing is but what JavaScript itself has, and this. */
function load(text: string, globals: object = {}): Package {
  const context = createContext({ ...globals });
  runInContext(text, context);
  return (context as { tidings: Package }).tidings;
}

/** What React Native and Node have in common. */
const timers = () => ({
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  queueMicrotask: globalThis.queueMicrotask,
  console: globalThis.console,
});

/** React Native's: it adds a slash to what is complete, and knows no origin. */
class PlainURL {
  constructor(readonly text: string) {}
  get href(): string {
    return `${this.text}/`;
  }
  get origin(): string {
    throw new Error('not implemented');
  }
}

async function connect(tidings: Package, server: FakeServer, options: WebSocketOptions = {}) {
  const client: TidingsClient = tidings.createClient({ url: 'wss://host/ws', ...options });
  const heard: unknown[] = [];
  client.subscribe('list:1', (event) => void heard.push(event.seq));
  client.connect();
  await pass();
  server.publish('list:1');
  await pass();
  return { client, heard };
}

test.each([undefined, 'production', 'development'] as const)(
  'connects where there is neither page nor process nor crypto: built for %s',
  async (mode) => {
    const server = new FakeServer();
    const globals = { ...timers(), URL: PlainURL, WebSocket: server.WebSocket };
    const tidings = load(script(mode), globals);
    const { client, heard } = await connect(tidings, server);
    expect(client.getStatus().state).toBe('connected');
    expect(server.socket.url).toBe('wss://host/ws');
    expect(heard).toEqual([1]);
    expect(tidings.sendSignal(client, 'list:1', { text: 'größer' })).toBe(true);
    client.wake();
    await pass();
    expect(server.framesOf('ping')).toHaveLength(1);
    client.disconnect();
    await pass();
  },
);

test('loads where JavaScript is all there is', () => {
  expect(typeof load(script()).createClient).toBe('function');
});

test('fails in words where nothing says that this is development', async () => {
  const errors = vi.spyOn(console, 'error').mockImplementation(() => {});
  const server = new FakeServer();
  server.onOpen = (socket) => socket.end(3503, 'not from here');
  server.needsAuth = true;
  const tidings = load(script(), { ...timers(), URL, WebSocket: server.WebSocket });
  const { client } = await connect(tidings, server);
  expect(client.getStatus()).toMatchObject({ state: 'error', error: { closeCode: 3503 } });
  expect(errors.mock.calls.map((words) => words.join(' '))).toEqual([
    '[tidings] closed 3503 (see the guide)',
  ]);
});

test('the words of development do not ship, nor does what looks for them', () => {
  const production = script('production');
  expect(production).not.toMatch(/Content-Security-Policy|no-cors|securitypolicyviolation|atob/);
  expect(script('development')).toMatch(/Content-Security-Policy/);
});

test('what Jest and Metro get has no import.meta', () => {
  expect(script()).not.toContain('import.meta');
});
