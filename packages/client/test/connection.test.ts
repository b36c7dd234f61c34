import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { ConnectionError } from '../src/index';
import { CONNECT_TIMEOUT_MS } from '../src/attempt';
import { STABLE_UPTIME_MS } from '../src/reconnect';
import { FakeServer, listen, pass, setUp } from './harness';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('lifecycle', () => {
  test('connects, stays connected, disconnects', async () => {
    const { client, server, states } = setUp();
    expect(client.getStatus().state).toBe('disconnected');
    client.connect();
    await pass();
    client.disconnect();
    await pass();
    expect(states).toEqual(['connecting', 'connected', 'disconnected']);
    expect(server.sockets).toHaveLength(1);
    expect(server.open).toHaveLength(0);
  });

  test('connect() while connected does nothing', async () => {
    const { client, server } = setUp();
    client.connect();
    await pass();
    client.connect();
    client.connect();
    await pass(1000);
    expect(server.sockets).toHaveLength(1);
    client.disconnect();
    await pass();
  });

  test('disconnect() never reconnects by itself, and connect() works again', async () => {
    const { client, server } = setUp();
    client.connect();
    await pass();
    client.disconnect();
    await pass(3_600_000);
    expect(server.sockets).toHaveLength(1);
    client.connect();
    await pass();
    expect(client.getStatus()).toEqual({ state: 'connected', error: undefined });
    client.disconnect();
    await pass();
  });

  test('an onStatus listener that throws stops neither the client nor other listeners', async () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { client, server } = setUp();
    const undo = client.onStatus(() => {
      throw new Error('a bug of the app');
    });
    const states: string[] = [];
    client.onStatus(() => states.push(client.getStatus().state));
    const { events } = listen(client, 'list-items:1');
    client.connect();
    await pass();
    server.publish('list-items:1');
    await pass();
    expect(events).toHaveLength(1);
    expect(states).toEqual(['connecting', 'connected']);
    expect(errors).toHaveBeenCalledTimes(2);
    undo();
    client.disconnect();
    await pass();
  });

  test('disconnect() while the socket opens: its late error reaches nobody', async () => {
    const { client, server, states } = setUp();
    client.connect();
    await pass(0);
    expect(server.sockets).toHaveLength(1);
    client.disconnect();
    await pass(3_600_000);
    expect(states).toEqual(['connecting', 'disconnected']);
    expect(server.sockets).toHaveLength(1);
  });

  test.each(['connecting', 'connected'])(
    'disconnect() by a listener that hears of %s is the last word',
    async (state) => {
      const { client, server, states } = setUp();
      client.onStatus(() => client.getStatus().state === state && client.disconnect());
      client.connect();
      await pass(3_600_000);
      expect(states.at(-1)).toBe('disconnected');
      expect(client.getStatus().state).toBe('disconnected');
      expect(server.open).toHaveLength(0);
      expect(server.sockets).toHaveLength(state === 'connected' ? 1 : 0);
    },
  );

  test('another user by a listener that hears of connected gets one connection of their own', async () => {
    const { client, server } = setUp({ identity: 'ann' });
    const undo = client.onStatus(() => {
      if (client.getStatus().state !== 'connected') return;
      undo();
      client.configure({ url: 'wss://host/ws', WebSocket: server.WebSocket, identity: 'ben' });
    });
    client.connect();
    await pass(60_000);
    expect(client.getStatus().state).toBe('connected');
    expect(server.open).toHaveLength(1);
    expect(server.sockets).toHaveLength(2);
    client.disconnect();
    await pass();
  });

  test('StrictMode: connect, disconnect, connect in one tick opens one socket', async () => {
    const { client, server } = setUp();
    client.connect();
    client.disconnect();
    client.connect();
    await pass();
    expect(server.sockets).toHaveLength(1);
    expect(client.getStatus().state).toBe('connected');
    client.disconnect();
    await pass();
  });

  test('a late close of a replaced socket reaches nobody', async () => {
    const { client, server } = setUp();
    client.connect();
    await pass();
    const first = server.socket;
    client.disconnect();
    client.connect();
    await pass();
    first.onclose?.({ code: 1006, reason: '' });
    await pass(60_000);
    expect(server.sockets).toHaveLength(2);
    expect(client.getStatus().state).toBe('connected');
    client.disconnect();
    await pass();
  });

  test('a changed url makes a new connection, an equal configuration none', async () => {
    const { client, server } = setUp();
    const options = { url: 'wss://host/ws', WebSocket: server.WebSocket };
    client.connect();
    await pass();
    client.configure({ ...options });
    await pass();
    expect(server.sockets).toHaveLength(1);
    client.configure({ ...options, url: 'wss://other/ws' });
    await pass();
    expect(server.sockets.map((socket) => socket.url)).toEqual(['wss://host/ws', 'wss://other/ws']);
    expect(server.open).toHaveLength(1);
    client.disconnect();
    await pass();
  });

  test('a url that cannot be one is an error with a reason', async () => {
    const { client } = setUp({ url: 'http://[' });
    client.connect();
    await pass();
    expect(client.getStatus().state).toBe('error');
    expect(client.getStatus().error?.code).toBe('no_url');
  });

  test('a server that never answers is a loss', async () => {
    const { client, server } = setUp();
    server.silent = true;
    client.connect();
    await pass(CONNECT_TIMEOUT_MS + 1);
    expect(client.getStatus().state).toBe('reconnecting');
    expect(client.getStatus().error?.code).toBe('timeout');
    server.silent = false;
    await pass(20_000);
    expect(client.getStatus().state).toBe('connected');
    client.disconnect();
    await pass();
  });

  /** A socket that ends as the page's CSP has it (Chromium), or in Node 22: no close follows. */
  const failing = (message?: string, closes = false) =>
    class {
      readyState = 0;
      onerror?: (event?: { message?: string | undefined }) => void;
      onclose?: (event: object) => void;
      constructor() {
        queueMicrotask(() => {
          this.readyState = closes ? 2 : 3;
          this.onerror?.({ message });
          if (closes) this.onclose?.({ code: 1006, reason: '' });
        });
      }
      close() {}
    } as unknown as typeof WebSocket;

  test('an error without a close is a loss, at once, and names the CSP among its causes', async () => {
    const { client } = setUp({ WebSocket: failing() });
    client.connect();
    await pass();
    expect(client.getStatus()).toMatchObject({
      state: 'reconnecting',
      error: {
        code: 'closed',
        closeCode: 1006,
        message: expect.stringMatching(/CSP.*connect-src/) as string,
      },
    });
    client.disconnect();
  });

  test('where the runtime says more, so does the error', async () => {
    const { client } = setUp({ WebSocket: failing('Received network error or non-101 status') });
    client.connect();
    await pass();
    expect(client.getStatus().error?.message).toMatch(/non-101/);
    client.disconnect();
  });

  test('an error before the close adds nothing to it', async () => {
    const { client } = setUp({ WebSocket: failing('first', true) });
    client.connect();
    await pass();
    expect(client.getStatus().error).toMatchObject({ closeCode: 1006 });
    client.disconnect();
    await pass(60_000);
  });

  test('a device clock that is set back while the client waits costs no time', async () => {
    const { client, server } = setUp();
    const heard = listen(client, 'list:1');
    client.connect();
    await pass();
    server.socket.deliver({ type: 'drain', reconnect_after_ms: 7000 });
    server.socket.end(3000);
    await pass(100);
    vi.setSystemTime(Date.now() - 3_600_000);
    await pass(7100);
    expect(client.getStatus().state).toBe('connected');
    heard.undo();
    const later = listen(client, 'list:2');
    await pass(1000);
    expect(later.answers).toEqual(['first@0']);
    client.disconnect();
    await pass(3_700_000);
  });

  test('options that make no sense are refused by name', () => {
    expect(() => setUp({ reconnectInterval: -1 })).toThrow(/reconnectInterval cannot be -1/);
    expect(() => setUp({ heartbeatInterval: NaN })).toThrow(/heartbeatInterval cannot be /);
    expect(() => setUp({ reconnect: 'yes' as never })).toThrow(/reconnect cannot be "yes"/);
  });
});

describe('reconnecting', () => {
  test('full jitter: uniform in [0, min(max, initial·2ⁿ)]', async () => {
    const { client, server } = setUp();
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.999_999);
    server.down = true;
    client.connect();
    await pass();
    const openings: number[] = [];
    for (let i = 0; i < 5; i++) {
      const before = Date.now();
      while (server.sockets.length === i + 1) await pass(100);
      openings.push(Math.round((Date.now() - before) / 1000));
      await pass();
    }
    expect(openings).toEqual([5, 10, 20, 20, 20]);
    random.mockReturnValue(0);
    server.down = false;
    await pass(20_000);
    expect(client.getStatus().state).toBe('connected');
    client.disconnect();
    await pass();
  });

  test('the backoff is reset by a stable uptime, not by a bare open', async () => {
    const { client, server } = setUp();
    vi.spyOn(Math, 'random').mockReturnValue(0.999_999);
    client.connect();
    await pass();
    // Two short-lived connections: the second delay is twice the first.
    server.socket.end();
    await pass(5100);
    expect(server.sockets).toHaveLength(2);
    server.socket.end();
    await pass(5100);
    expect(server.sockets).toHaveLength(2);
    await pass(5000);
    expect(server.sockets).toHaveLength(3);
    await pass(STABLE_UPTIME_MS + 100);
    server.socket.end();
    await pass(5100);
    expect(server.sockets).toHaveLength(4);
    client.disconnect();
    await pass();
  });

  test('reconnect: false stays disconnected and says why', async () => {
    const { client, server, states } = setUp({ reconnect: false });
    client.connect();
    await pass();
    server.socket.end(1011);
    await pass(60_000);
    expect(states).toEqual(['connecting', 'connected', 'disconnected']);
    expect((client.getStatus().error as ConnectionError).closeCode).toBe(1011);
  });

  test('drain: comes back when the server said', async () => {
    const { client, server } = setUp();
    client.connect();
    await pass();
    server.socket.deliver({ type: 'drain', reconnect_after_ms: 7000 });
    server.socket.end(3000);
    await pass(6900);
    expect(server.sockets).toHaveLength(1);
    await pass(200);
    expect(server.sockets).toHaveLength(2);
    client.disconnect();
    await pass();
  });

  test('retry_after_ms is obeyed, even when the tab wakes up', async () => {
    const { client, server } = setUp();
    vi.spyOn(Math, 'random').mockReturnValue(0);
    client.connect();
    await pass();
    server.socket.deliver({
      type: 'error',
      code: 'rate_limited',
      message: 'slow down',
      retry_after_ms: 9000,
    });
    server.socket.end(3005);
    await pass(8900);
    expect(server.sockets).toHaveLength(1);
    expect(client.getStatus().error?.message).toBe('slow down');
    await pass(200);
    expect(server.sockets).toHaveLength(2);
    client.disconnect();
    await pass();
  });

  test('slow_consumer: at once the first time, with backoff when it repeats', async () => {
    const { client, server } = setUp();
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    client.connect();
    await pass();
    server.socket.end(3001);
    await pass();
    expect(server.sockets).toHaveLength(2);
    server.socket.end(3001);
    await pass(4000);
    expect(server.sockets).toHaveLength(2);
    await pass(2000);
    expect(server.sockets).toHaveLength(3);
    client.disconnect();
    await pass();
  });

  test.each([3500, 3501, 3502, 3503, 3999, 4500])('close %i is terminal', async (code) => {
    const { client, server } = setUp();
    client.connect();
    await pass();
    server.socket.end(code);
    await pass(3_600_000);
    expect(client.getStatus().state).toBe('error');
    expect(server.sockets).toHaveLength(1);
    client.connect();
    await pass();
    expect(client.getStatus().state).toBe('connected');
    client.disconnect();
    await pass();
  });

  test.each([1001, 1006, 1011, 1012, 1013, 1002, 1009, 3002, 3004, 3006, 3007, 3499, 4000, 4499])(
    'close %i is tried again',
    async (code) => {
      const { client, server } = setUp();
      client.connect();
      await pass();
      server.socket.end(code);
      await pass(21_000);
      expect(server.sockets).toHaveLength(2);
      expect(client.getStatus().state).toBe('connected');
      client.disconnect();
      await pass();
    },
  );
});

describe('identity', () => {
  test('null stays disconnected; a value connects; a change is a new session without positions', async () => {
    const { client, server } = setUp({ identity: null });
    const options = { url: 'wss://host/ws', WebSocket: server.WebSocket };
    server.publish('list:1');
    const heard = listen(client, 'list:1');
    client.connect();
    await pass(1000);
    expect(server.sockets).toHaveLength(0);
    const loggedOut = { state: 'disconnected', error: { code: 'not_authenticated' } };
    expect(client.getStatus()).toMatchObject(loggedOut);
    client.configure({ ...options, identity: 'anna' });
    await pass();
    expect(client.getStatus()).toEqual({ state: 'connected' });
    client.configure({ ...options, identity: 'ben' });
    await pass();
    expect(server.sockets).toHaveLength(2);
    expect(server.open).toHaveLength(1);
    expect(server.asked.map((ask) => ask.since)).toEqual([undefined, undefined]);
    expect(heard.answers).toEqual(['first@1', 'again@1']);
    client.configure({ ...options, identity: null });
    await pass(60_000);
    expect(client.getStatus()).toMatchObject(loggedOut);
    expect(server.open).toHaveLength(0);
    client.disconnect();
    expect(client.getStatus()).toEqual({ state: 'disconnected' });
    heard.undo();
  });

  test('a change does not undo a manual disconnect()', async () => {
    const { client, server } = setUp({ identity: 'anna' });
    client.connect();
    await pass();
    client.disconnect();
    client.configure({ url: 'wss://host/ws', WebSocket: server.WebSocket, identity: 'ben' });
    await pass(60_000);
    expect(server.sockets).toHaveLength(1);
  });
});

describe('the debug log', () => {
  /** What was logged, an object as its JSON. */
  function spy() {
    const debug = vi.spyOn(console, 'debug').mockImplementation(() => {});
    const word = (part: unknown) => (typeof part === 'string' ? part : JSON.stringify(part));
    return () => debug.mock.calls.map((call) => call.map(word).join(' ')).join('\n');
  }

  test('tells why it does not connect: the URL, the close, the attempts, never a token', async () => {
    const logged = spy();
    const server = new FakeServer();
    server.needsAuth = true;
    const { client } = setUp({ debug: true, getToken: () => 'secret-token' }, server);
    client.connect();
    await pass();
    server.socket.end(1011, 'oops');
    await pass();
    client.disconnect();
    await pass();
    expect(logged()).toMatch(/connecting to wss:\/\/host\/ws/);
    expect(logged()).toMatch(/closed 1011 oops/);
    expect(logged()).toMatch(/trying again in \d+ ms/);
    expect(logged()).not.toContain('secret-token');
  });

  test.each([
    ['no token', { getToken: () => null }],
    ['no identity', { identity: null }],
  ])('tells that nobody is logged in: %s', async (_, options) => {
    const logged = spy();
    const { client } = setUp({ debug: true, ...options });
    client.connect();
    await pass();
    expect(logged()).toMatch(/→ off nobody is logged in/);
  });

  test('tells that the server refused the token, and in which words', async () => {
    const logged = spy();
    const server = new FakeServer();
    server.needsAuth = true;
    server.judge = () => 'token_invalid';
    const { client } = setUp({ debug: true, getToken: () => 'secret-token' }, server);
    client.connect();
    await pass();
    expect(logged()).toMatch(/← error .*token_invalid.*the token is invalid/);
    expect(logged()).toMatch(/closed 3500/);
    expect(logged()).toMatch(/→ failed the token is invalid/);
    expect(logged()).not.toContain('secret-token');
  });

  test('tells why no events come: which topics are refused, which live, and every event', async () => {
    const logged = spy();
    const { client, server } = setUp({ debug: true });
    server.forbidden.add('list:2');
    for (const topic of ['list:1', 'list:2']) client.subscribe(topic, () => {});
    client.connect();
    await pass();
    server.publish('list:1', { wish: 'a secret' });
    server.socket.deliver({ type: 'signal', topic: 'list:1', user_id: 'u', data: 'a secret' });
    server.socket.onmessage?.({ data: '<html>a proxy' });
    await pass();
    server.revoke('list:1');
    await pass();
    client.disconnect();
    await pass();
    expect(logged()).toMatch(/← error list:2 .*forbidden/);
    expect(logged()).toMatch(/← subscribed list:1 .*"seq":0/);
    expect(logged()).toMatch(/← UPDATED list:1 .*"seq":1/);
    expect(logged()).toMatch(/← signal list:1/);
    expect(logged()).toMatch(/not understood <html>a proxy/);
    expect(logged()).toMatch(/← unsubscribed list:1 .*revoked/);
    expect(logged()).not.toContain('a secret');
  });
});
