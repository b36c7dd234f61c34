import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { CONNECT_TIMEOUT_MS } from '../src/attempt';
import { WAKE_DEADLINE_MS } from '../src/heartbeat';
import { STABLE_UPTIME_MS } from '../src/reconnect';
import { FakeServer, pass, setUp } from './harness';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('heartbeat', () => {
  test('a black-holed socket is noticed within interval + pong deadline', async () => {
    const { client, server } = setUp();
    client.connect();
    await pass();
    server.silent = true;
    await pass(30_000 + 10_000);
    expect(client.getStatus().state).toBe('reconnecting');
    expect(client.getStatus().error?.code).toBe('pong_timeout');
    client.disconnect();
    await pass();
  });

  test('an answer, any answer, keeps the connection', async () => {
    const { client, server } = setUp();
    client.connect();
    await pass(300_000);
    expect(server.sockets).toHaveLength(1);
    expect(server.framesOf('ping')).toHaveLength(9);
    client.disconnect();
    await pass();
  });

  test('an interval shorter than the deadline still notices', async () => {
    const { client, server } = setUp({ heartbeatInterval: 3000 });
    client.connect();
    await pass();
    server.silent = true;
    await pass(13_000);
    expect(client.getStatus().state).toBe('reconnecting');
    client.disconnect();
    await pass();
  });
});

describe('waking up', () => {
  // One target for both: what is meant for the document passes by the window.
  const page = Object.assign(new EventTarget(), { hidden: false });
  beforeEach(() => {
    vi.stubGlobal('window', page);
    vi.stubGlobal('document', page);
  });
  afterEach(() => void vi.unstubAllGlobals());

  /** A page that comes back from the history. */
  const restored = () => Object.assign(new Event('pageshow'), { persisted: true });

  test('a socket that died in the sleep is replaced at once', async () => {
    const { client, server } = setUp();
    client.connect();
    await pass();
    vi.setSystemTime(Date.now() + 3_600_000);
    server.socket.deaf = true;
    document.dispatchEvent(new Event('visibilitychange'));
    await pass(WAKE_DEADLINE_MS + 20);
    expect(server.sockets).toHaveLength(2);
    expect(client.getStatus().state).toBe('connected');
    client.disconnect();
    await pass();
  });

  test('a socket that lived through the sleep is kept, however long that was', async () => {
    const { client, server, states } = setUp();
    client.connect();
    await pass();
    vi.setSystemTime(Date.now() + 3_600_000);
    document.dispatchEvent(new Event('visibilitychange'));
    await pass(WAKE_DEADLINE_MS + 20);
    expect(server.sockets).toHaveLength(1);
    expect(states).toEqual(['connecting', 'connected']);
    client.disconnect();
    await pass();
  });

  test('an app without a page says itself that it woke: wake()', async () => {
    vi.unstubAllGlobals();
    const { client, server } = setUp();
    client.wake(); // not started: nothing to wake
    client.connect();
    await pass();
    client.wake();
    await pass();
    expect(server.framesOf('ping')).toHaveLength(1);
    server.socket.deaf = true;
    client.wake();
    await pass(WAKE_DEADLINE_MS + 20);
    expect(server.open).toHaveLength(1);
    expect(server.sockets).toHaveLength(2);
    client.disconnect();
    client.wake();
    await pass(60_000);
    expect(server.sockets).toHaveLength(2);
  });

  test('a socket that may live is probed, with a short deadline', async () => {
    const { client, server } = setUp();
    client.connect();
    await pass(100);
    page.dispatchEvent(restored());
    await pass(WAKE_DEADLINE_MS + 10);
    expect(server.framesOf('ping')).toHaveLength(1);
    expect(client.getStatus().state).toBe('connected');
    server.silent = true;
    page.dispatchEvent(new Event('offline'));
    await pass(WAKE_DEADLINE_MS + 10);
    expect(client.getStatus().state).toBe('reconnecting');
    client.disconnect();
    await pass();
  });

  test('a socket that is found closed after waking is replaced at once', async () => {
    const { client, server } = setUp();
    vi.spyOn(Math, 'random').mockReturnValue(0.999);
    client.connect();
    await pass(STABLE_UPTIME_MS);
    document.dispatchEvent(new Event('visibilitychange'));
    server.socket.end(1006);
    await pass(20);
    expect(client.getStatus().state).toBe('connected');

    // The next loss is one like any other.
    await pass(STABLE_UPTIME_MS);
    server.socket.end(1006);
    await pass(20);
    expect(client.getStatus().state).toBe('reconnecting');
    client.disconnect();
    await pass();
  });

  // Guarantees: L4
  test('however short the connections before the sleep were', async () => {
    const { client, server } = setUp();
    vi.spyOn(Math, 'random').mockReturnValue(0.999);
    client.connect();
    await pass();
    for (let sleeps = 1; sleeps <= 5; sleeps++) {
      document.dispatchEvent(new Event('visibilitychange'));
      server.socket.end(1006);
      await pass(20);
      expect(server.sockets).toHaveLength(sleeps + 1);
      expect(client.getStatus().state).toBe('connected');
    }
    client.disconnect();
    await pass();
  });

  test('the same when the probe finds out', async () => {
    const { client, server } = setUp();
    vi.spyOn(Math, 'random').mockReturnValue(0.999);
    client.connect();
    await pass();
    server.socket.end(3001);
    await pass(20);
    document.dispatchEvent(new Event('visibilitychange'));
    server.silent = true;
    await pass(WAKE_DEADLINE_MS - 10);
    expect(server.sockets).toHaveLength(2);
    server.silent = false;
    await pass(20);
    expect(server.open).toEqual([server.socket]);
    expect(server.sockets).toHaveLength(3);
    client.disconnect();
    await pass();
  });

  test('a server in trouble is tried once for a wake, not over and over', async () => {
    const { client, server } = setUp();
    vi.spyOn(Math, 'random').mockReturnValue(0.999);
    client.connect();
    await pass();
    server.down = true;
    document.dispatchEvent(new Event('visibilitychange'));
    server.socket.end(1006);
    await pass(9000);
    expect(server.sockets).toHaveLength(2);
    client.disconnect();
    await pass();
  });

  test.each(['opening', 'greeting'])(
    'an attempt from before the sleep that hangs, %s',
    async (phase) => {
      const { client, server } = setUp();
      if (phase === 'opening') server.silent = true;
      else server.needsAuth = true;
      client.connect();
      await pass(WAKE_DEADLINE_MS + 1);
      server.silent = server.needsAuth = false;
      page.dispatchEvent(new Event('online'));
      await pass();
      expect(client.getStatus().state).toBe('connected');
      expect(server.sockets).toHaveLength(2);
      client.disconnect();
      await pass();
    },
  );

  test('an attempt that hangs after the sleep is begun anew, then given its time', async () => {
    const { client, server, states } = setUp({ reconnect: false });
    client.connect();
    server.silent = true;
    await pass(1000);
    page.dispatchEvent(new Event('online'));
    await pass(WAKE_DEADLINE_MS - 1000 - 1);
    expect(server.sockets).toHaveLength(1);
    await pass(2);
    expect(server.sockets).toHaveLength(2);
    await pass(CONNECT_TIMEOUT_MS - 10);
    expect(server.sockets).toHaveLength(2);
    expect(states).toEqual(['connecting']);
    client.disconnect();
    await pass();
  });

  // Guarantees: L4
  test('the attempt that follows a wake may hang, too', async () => {
    const { client, server } = setUp();
    client.connect();
    await pass();
    server.silent = true;
    document.dispatchEvent(new Event('visibilitychange'));
    server.socket.onclose?.({ code: 1006, reason: '' });
    await pass(WAKE_DEADLINE_MS - 10);
    expect(server.sockets).toHaveLength(2);
    server.silent = false;
    await pass(20);
    expect(client.getStatus().state).toBe('connected');
    expect(server.sockets).toHaveLength(3);
    client.disconnect();
    await pass();
  });

  test('a token that takes long is not asked for twice', async () => {
    const getToken = vi.fn(() => new Promise<string>((give) => setTimeout(give, 5000, 'token')));
    const { client, server } = setUp({ getToken });
    client.connect();
    await pass(3000);
    page.dispatchEvent(new Event('online'));
    await pass(2010);
    expect(getToken).toHaveBeenCalledTimes(1);
    expect(server.open).toHaveLength(1);
    client.disconnect();
    await pass();
  });

  test('a page shown for the first time has not slept', async () => {
    const { client, server } = setUp();
    client.connect();
    await pass();
    page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }));
    await pass();
    expect(server.framesOf('ping')).toEqual([]);
    client.disconnect();
    await pass();
  });

  test('the network coming back ends the waiting', async () => {
    const { client, server } = setUp();
    vi.spyOn(Math, 'random').mockReturnValue(0.999);
    server.down = true;
    client.connect();
    await pass(10);
    expect(client.getStatus().state).toBe('reconnecting');
    server.down = false;
    page.dispatchEvent(new Event('online'));
    await pass(10);
    expect(client.getStatus().state).toBe('connected');
    client.disconnect();
    await pass();
  });

  test('nothing listens after disconnect()', async () => {
    const { client, server } = setUp();
    client.connect();
    await pass();
    client.disconnect();
    await pass();
    page.dispatchEvent(new Event('online'));
    document.dispatchEvent(new Event('visibilitychange'));
    await pass(60_000);
    expect(server.sockets).toHaveLength(1);
  });
});

/** Timers as Chromium keeps them in a tab that is hidden for long: they fire at whole minutes. */
function hideTab(): void {
  const plain = globalThis.setTimeout;
  const throttled = (run: () => void, ms = 0) => {
    const minute = 60_000;
    const due = Math.ceil((Date.now() + ms) / minute) * minute;
    return plain(run, due - Date.now());
  };
  vi.stubGlobal('setTimeout', throttled);
}

describe('hidden tabs, whose timers run once a minute', () => {
  afterEach(() => void vi.unstubAllGlobals());

  test('hidden for an hour: one socket, there all the time, one token', async () => {
    const getToken = vi.fn(() => 'token');
    const server = new FakeServer();
    server.needsAuth = true;
    const { client, states } = setUp({ getToken }, server);
    client.connect();
    await pass();
    hideTab();
    await pass(3_600_000);
    expect(server.sockets).toHaveLength(1);
    expect(getToken).toHaveBeenCalledTimes(1);
    expect(states).toEqual(['connecting', 'connected']);
    expect(server.framesOf('ping').length).toBeGreaterThan(50);
    client.disconnect();
    await pass();
  });

  test('a network that is gone is noticed all the same, in a few of those minutes', async () => {
    const { client, server, states } = setUp();
    client.connect();
    await pass();
    hideTab();
    server.silent = true;
    await pass(5 * 60_000);
    expect(states.slice(0, 3)).toEqual(['connecting', 'connected', 'reconnecting']);
    server.silent = false;
    await pass(5 * 60_000);
    expect(client.getStatus().state).toBe('connected');
    client.disconnect();
    await pass();
  });

  test('a deadline that fires late, before the answer that lies in the queue, is no loss', async () => {
    const { client, server, states } = setUp();
    client.connect();
    await pass();
    server.latencyMs = 5200; // the answer takes a moment longer than its deadline
    await pass(30_000);
    vi.setSystemTime(Date.now() + 3_600_000);
    await pass(10_500);
    server.latencyMs = 1;
    await pass(60_000);
    expect(states).toEqual(['connecting', 'connected']);
    expect(server.sockets).toHaveLength(1);
    client.disconnect();
    await pass();
  });
});
