import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { TokenRequest } from '../src/index';
import { MIN_REFRESH_MS } from '../src/tokens';
import { FakeServer, pass, setUp } from './harness';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('tokens', () => {
  const withAuth = () => {
    const server = new FakeServer();
    server.needsAuth = true;
    return server;
  };

  test('asked afresh at each connect, sent as the first message, never in the URL', async () => {
    let n = 0;
    const { client, server } = setUp(
      { getToken: () => Promise.resolve(`token-${++n}`) },
      withAuth(),
    );
    vi.spyOn(Math, 'random').mockReturnValue(0);
    client.connect();
    await pass();
    server.socket.end();
    await pass();
    expect(server.framesOf('auth').map((frame) => frame.token)).toEqual(['token-1', 'token-2']);
    expect(server.received[0]?.action).toBe('auth');
    expect(server.socket.url).toBe('wss://host/ws');
    client.disconnect();
    await pass();
  });

  test('refreshed in-band before it expires, on the same socket', async () => {
    const server = withAuth();
    server.expires = new Date(Date.now() + 900_000).toISOString();
    const getToken = vi.fn(() => 'token');
    const { client } = setUp({ getToken }, server);
    client.connect();
    await pass(700_000);
    expect(getToken).toHaveBeenCalledTimes(1);
    server.expires = new Date(Date.now() + 900_000).toISOString();
    await pass(100_000);
    expect(getToken).toHaveBeenCalledTimes(2);
    expect(server.sockets).toHaveLength(1);
    client.disconnect();
    await pass();
  });

  /** A server that knows one token, an app that has several, and what `getToken` was told. */
  function setUpRefusals(good: string, ...has: (string | null)[]) {
    const server = withAuth();
    server.judge = (token) => (token === good ? 'ok' : 'token_invalid');
    const told: (string | undefined)[] = [];
    const getToken = ({ refused }: TokenRequest) => {
      told.push(refused && `${refused.code}: ${refused.message}`);
      return has.length > 1 ? has.shift() : has[0];
    };
    return { ...setUp({ getToken }, server), told };
  }
  const invalid = 'token_invalid: the token is invalid';

  test('a refused token is a terminal error with its reason, once the app has no other', async () => {
    const { client, server, told } = setUpRefusals('good', 'bad');
    client.connect();
    await pass(3_600_000);
    expect(client.getStatus().state).toBe('error');
    expect(client.getStatus().error).toMatchObject({ name: 'TidingsError', code: 'token_invalid' });
    expect(server.sockets).toHaveLength(2);
    expect(told).toEqual([undefined, invalid]);
    client.connect();
    await pass(3_600_000);
    expect(server.sockets).toHaveLength(4);
    expect(told.slice(2)).toEqual([undefined, invalid]);
  });

  test('a refused token is replaced at once by one that the app gets when told', async () => {
    const { client, server, told } = setUpRefusals('good', 'cached', 'good');
    client.connect();
    await pass(100);
    expect(client.getStatus()).toEqual({ state: 'connected' });
    expect(told).toEqual([undefined, invalid]);
    // The next refusal is a first one again.
    server.socket.end(1006);
    server.judge = (token) => (token === 'better' ? 'ok' : 'token_invalid');
    await pass(3_600_000);
    expect(told.slice(2)).toEqual([undefined, invalid]);
    expect(client.getStatus().state).toBe('error');
  });

  test('a refused token and nobody logged in any more: disconnected, not an error', async () => {
    const { client, server, told } = setUpRefusals('good', 'cached', null);
    client.connect();
    await pass(3_600_000);
    expect(client.getStatus()).toMatchObject({
      state: 'disconnected',
      error: { code: 'not_authenticated' },
    });
    expect(server.sockets).toHaveLength(1);
    expect(told).toEqual([undefined, invalid]);
  });

  test('a login that is revoked: the app renews it, or is at the end', async () => {
    const { client, server, told } = setUpRefusals('good', 'good');
    const revoked = 'session_revoked: logged out elsewhere';
    client.connect();
    await pass();
    server.socket.end(3501, 'logged out elsewhere');
    await pass();
    expect(client.getStatus()).toEqual({ state: 'connected' });
    expect(told).toEqual([undefined, revoked]);
    // Revoked again and again, with tokens that the server takes each time: no loop.
    server.socket.end(3501, 'logged out elsewhere');
    await pass(3_600_000);
    expect(client.getStatus()).toMatchObject({ state: 'error', error: { closeCode: 3501 } });
    expect(server.sockets).toHaveLength(2);
    expect(told).toHaveLength(2);
  });

  test('a login that is revoked a day later is a first time again', async () => {
    const { client, server } = setUpRefusals('good', 'good');
    client.connect();
    for (let day = 1; day <= 3; day++) {
      await pass(86_400_000);
      server.socket.end(3501);
      await pass();
      expect(client.getStatus()).toEqual({ state: 'connected' });
    }
    client.disconnect();
    await pass();
  });

  test('without getToken there is nobody to ask: at once the end', async () => {
    const { client, server } = setUp();
    client.connect();
    await pass();
    server.socket.end(3500);
    await pass(3_600_000);
    expect(server.sockets).toHaveLength(1);
    expect(client.getStatus().state).toBe('error');
  });

  test('a refused refresh: asked once more in the session, which goes on', async () => {
    const server = withAuth();
    server.expiresInMs = 900_000;
    const told: unknown[] = [];
    const getToken = ({ refused }: TokenRequest) => {
      told.push(refused?.code);
      return told.length === 2 ? 'stale' : 'good';
    };
    const { client } = setUp({ getToken }, server);
    client.connect();
    await pass();
    const { socket } = server;
    server.refuse = (token) => token === 'stale';
    await pass(720_000 + MIN_REFRESH_MS + 10);
    expect(told).toEqual([undefined, undefined, 'token_invalid']);
    expect(server.open).toEqual([socket]);
    client.disconnect();
    await pass();
  });

  test('a refresh that is refused time and again is not asked for in a loop', async () => {
    const server = withAuth();
    server.expiresInMs = 900_000;
    const getToken = vi.fn(() => 'token');
    const { client } = setUp({ getToken }, server);
    client.connect();
    await pass();
    server.refuse = () => true;
    await pass(900_000);
    expect(getToken).toHaveBeenCalledTimes(3);
    expect(client.getStatus().state).toBe('connected');
    client.disconnect();
    await pass();
  });

  test.each([
    ['ahead', 6 * 60_000],
    ['behind', -6 * 60_000],
  ])('a device clock that is %s: refreshed by how long the server says', async (_, skewMs) => {
    const server = withAuth();
    server.expires = new Date(Date.now() + 300_000 - skewMs).toISOString();
    server.expiresInMs = 300_000;
    const getToken = vi.fn(() => 'token');
    const { client } = setUp({ getToken }, server);
    client.connect();
    await pass(3_600_000 - 1000);
    expect(getToken).toHaveBeenCalledTimes(15); // each 240 s
    expect(server.sockets).toHaveLength(1);
    client.disconnect();
    await pass();
  });

  test('a token whose time is over as it seems: not one every few seconds', async () => {
    const server = withAuth();
    server.expires = new Date(Date.now() - 60_000).toISOString();
    const getToken = vi.fn(() => 'token');
    const { client } = setUp({ getToken }, server);
    client.connect();
    await pass(3_600_000);
    expect(getToken).toHaveBeenCalledTimes(1);
    client.disconnect();
    await pass();
  });

  test('an expired token is replaced once; a fresh one that is expired too ends it', async () => {
    const server = withAuth();
    server.judge = (token) => (token === 'old' ? 'token_expired' : 'ok');
    const tokens = ['old', 'new'];
    const { client } = setUp({ getToken: () => tokens.shift() ?? 'old' }, server);
    client.connect();
    await pass(100);
    expect(client.getStatus().state).toBe('connected');
    server.socket.end(3003);
    await pass(60_000);
    expect(client.getStatus()).toMatchObject({ state: 'error', error: { code: 'token_expired' } });
    expect(server.sockets.length).toBeLessThanOrEqual(5);
  });

  test('no token: disconnected, nobody is logged in', async () => {
    const { client, server } = setUp({ getToken: () => null }, withAuth());
    client.connect();
    await pass(60_000);
    expect(client.getStatus()).toMatchObject({
      state: 'disconnected',
      error: { code: 'not_authenticated' },
    });
    expect(server.sockets).toHaveLength(0);
  });

  test('a token that cannot be had for the moment is tried again', async () => {
    let fail = true;
    const { client } = setUp({
      getToken: () => (fail ? Promise.reject(new Error('offline')) : 'token'),
    });
    client.connect();
    await pass();
    expect(client.getStatus()).toMatchObject({
      state: 'reconnecting',
      error: { code: 'token_failed' },
    });
    fail = false;
    await pass(20_000);
    expect(client.getStatus().state).toBe('connected');
    client.disconnect();
    await pass();
  });

  test('a getToken that comes while connecting is not taken for a refusal', async () => {
    const { client, server } = setUp();
    client.connect();
    client.configure({
      url: 'wss://host/ws',
      WebSocket: server.WebSocket,
      getToken: () => 'token',
    });
    await pass();
    expect(client.getStatus().state).toBe('connected');
    client.disconnect();
    await pass();
  });

  test('a token that arrives after disconnect() opens nothing', async () => {
    let resolve: (token: string) => void = () => {};
    const { client, server } = setUp({ getToken: () => new Promise((r) => (resolve = r)) });
    client.connect();
    await pass();
    client.disconnect();
    resolve('token');
    await pass(60_000);
    expect(server.sockets).toHaveLength(0);
  });
});
