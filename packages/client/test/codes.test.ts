// Every code that a server can close with or refuse with, through the client: does it come back,
// and when? The table is the one both languages are generated from.

import { readFileSync } from 'node:fs';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { CLOSE_CODES } from '../src/codes';
import type { ErrorCode, Reconnect } from '../src/index';
import { DEFAULT_OPTIONS } from '../src/options';
import { FakeServer, listen, pass, setUp } from './harness';

const table = JSON.parse(
  readFileSync(new URL('../../../protocol/codes.json', import.meta.url), 'utf8'),
) as {
  errors: { code: ErrorCode }[];
  closes: { code: number; name: string; reconnect: Reconnect }[];
};

/** What the random part of a backoff is in these tests. */
const LUCK = 0.5;
const DRAIN_MS = 7000;
const { reconnectInterval, reconnectMaxInterval } = DEFAULT_OPTIONS;

/** How long the client stays away, in milliseconds. */
const AWAY: Record<Reconnect, number> = {
  now: 0,
  fresh_token: 0,
  after: DRAIN_MS,
  backoff: LUCK * reconnectInterval,
  max_backoff: LUCK * reconnectMaxInterval,
  never: Infinity,
};

/** After these the app is asked once for another token, told why; without one they are the end. */
const OF_TOKEN = new Set([3500, 3501]);

/** Frames need a moment, and so do promises. */
const SLACK_MS = 20;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(LUCK);
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

async function connected() {
  const server = new FakeServer();
  server.needsAuth = true;
  let tokens = 0;
  const { client } = setUp({ getToken: () => `token ${++tokens}` }, server);
  client.connect();
  await pass(SLACK_MS);
  expect(client.getStatus().state).toBe('connected');
  return { server, client };
}

describe('close codes', () => {
  test('the generated table has them all', () => {
    expect(table.closes.map(({ code }) => String(code))).toEqual(Object.keys(CLOSE_CODES));
    expect(new Set(table.closes.map(({ reconnect }) => reconnect))).toEqual(
      new Set(Object.keys(AWAY)),
    );
  });

  test.each(table.closes)('$code $name: $reconnect', async ({ code, reconnect }) => {
    const { server, client } = await connected();
    const { socket } = server;
    if (reconnect === 'after') {
      socket.deliver({ type: 'drain', reconnect_after_ms: DRAIN_MS });
    }
    socket.end(code, 'because');
    const away = OF_TOKEN.has(code) ? AWAY.fresh_token : AWAY[reconnect];
    if (away === Infinity) {
      await pass(3_600_000);
      expect(server.sockets).toHaveLength(1);
      expect(client.getStatus()).toMatchObject({
        state: 'error',
        error: { message: 'because', closeCode: code },
      });
    } else {
      if (away > SLACK_MS) {
        await pass(away - SLACK_MS);
        expect(server.sockets).toHaveLength(1);
        expect(client.getStatus()).toMatchObject({
          state: 'reconnecting',
          error: { closeCode: code },
        });
      }
      await pass(2 * SLACK_MS);
      expect(server.sockets).toHaveLength(2);
      expect(client.getStatus()).toEqual({ state: 'connected', error: undefined });
      expect(server.framesOf('auth').map(({ token }) => token)).toEqual(['token 1', 'token 2']);
    }
    client.disconnect();
    await pass();
  });
});

/** When the client asks again for a topic that was refused, in milliseconds after the refusal. */
const ASKS_AGAIN: Record<ErrorCode, number> = {
  bad_request: Infinity,
  invalid_topic: Infinity,
  forbidden: Infinity,
  not_authenticated: Infinity,
  token_invalid: Infinity,
  token_expired: Infinity,
  rate_limited: 4000,
  too_many_topics: Infinity,
  not_subscribed: Infinity,
  internal: 4000,
};

describe('error codes', () => {
  test('the table has them all', () => {
    expect(table.errors.map(({ code }) => code).sort()).toEqual(Object.keys(ASKS_AGAIN).sort());
  });

  test.each(table.errors)('$code for a topic: no reconnect', async ({ code }) => {
    const { server, client } = await connected();
    server.mute = true;
    const topic = 'list-items:1';
    const { errors } = listen(client, topic);
    await pass(SLACK_MS);
    const { ref } = server.framesOf('subscribe')[0]!;
    server.socket.deliver({ type: 'error', topic, ref, code, message: 'no', retry_after_ms: 4000 });
    await pass(SLACK_MS);
    expect(errors).toEqual([code]);
    await pass(4000 - 2 * SLACK_MS);
    expect(server.framesOf('subscribe')).toHaveLength(1);
    await pass(2 * SLACK_MS);
    expect(server.framesOf('subscribe')).toHaveLength(ASKS_AGAIN[code] === 4000 ? 2 : 1);
    expect(server.sockets).toHaveLength(1);
    expect(client.getStatus().state).toBe('connected');
    client.disconnect();
    await pass();
  });

  test.each(table.errors)(
    '$code for the connection: the close that may follow decides, and carries its reason',
    async ({ code }) => {
      const { server, client } = await connected();
      server.socket.deliver({ type: 'error', code, message: 'in words' });
      await pass(10_000);
      expect(server.sockets).toHaveLength(1);
      expect(client.getStatus()).toEqual({ state: 'connected', error: undefined });
      server.socket.deliver({ type: 'error', code, message: 'in words' });
      server.socket.end(3502);
      await pass(3_600_000);
      expect(server.sockets).toHaveLength(1);
      expect(client.getStatus()).toMatchObject({
        state: 'error',
        error: { code, message: 'in words' },
      });
      client.disconnect();
      await pass();
    },
  );
});
