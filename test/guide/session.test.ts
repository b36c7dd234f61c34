// @vitest-environment node
// The guide's token: kept while it is good, and renewed by one request.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { getToken, getUserId, onSession, renew, setSession, type Session } from '@/lib/api/session';

const LIFE_S = 300;
const session = (user_id: string, access_token: string): Session => ({
  user_id,
  access_token,
  expires_in: LIFE_S,
});

/** Lets time pass: that share of a token's life. */
const pass = (share: number) => vi.setSystemTime(Date.now() + share * LIFE_S * 1000);

/** How each request for a token is answered, once it is. */
let answers: ((response: Response | Error) => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  answers = [];
  vi.stubGlobal('fetch', () => {
    return new Promise<Response>((resolve, reject) => {
      answers.push((said) => (said instanceof Error ? reject(said) : resolve(said)));
    });
  });
});
afterEach(() => {
  setSession(null);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a token is kept while it is good, and nobody has none', async () => {
  expect(await getToken()).toBeNull();
  setSession(session('anna', 'first'));
  pass(0.74);
  expect(await getToken()).toBe('first');
  expect(answers).toHaveLength(0);
});

test('the next is asked for before the socket asks, once for all who wait for it', async () => {
  setSession(session('anna', 'first'));
  pass(0.76);
  const waiting = [getToken(), getToken(), getToken()];
  expect(answers).toHaveLength(1);
  answers[0]?.(Response.json(session('anna', 'second')));
  expect(await Promise.all(waiting)).toEqual(['second', 'second', 'second']);
  expect(await getToken()).toBe('second');

  pass(0.76);
  const third = getToken();
  expect(answers).toHaveLength(2);
  answers[1]?.(Response.json(session('anna', 'third')));
  expect(await third).toBe('third');
});

test('a token that was refused is renewed at once, or the login is over', async () => {
  const refused = { code: 'session_revoked', message: 'the token was revoked' } as const;
  setSession(session('anna', 'first'));
  const second = getToken({ refused });
  answers[0]?.(Response.json(session('anna', 'second')));
  expect(await second).toBe('second');

  const none = getToken({ refused });
  answers[1]?.(new Response('', { status: 401 }));
  expect(await none).toBeNull();
  expect(getUserId()).toBeNull();
});

test('a server out of reach is asked again; a log-in that has ended is over', async () => {
  setSession(session('anna', 'first'));
  pass(1);
  const lost = getToken();
  answers[0]?.(new Error('offline'));
  await expect(lost).rejects.toThrow('offline');
  const broken = getToken();
  answers[1]?.(new Response('', { status: 503 }));
  await expect(broken).rejects.toThrow('503');
  expect(getUserId()).toBe('anna');

  const changes = vi.fn();
  const undo = onSession(changes);
  const over = getToken();
  answers[2]?.(new Response('', { status: 401 }));
  expect(await over).toBeNull();
  expect(getUserId()).toBeNull();
  expect(changes).toHaveBeenCalledOnce();
  undo();
  setSession(null);
  expect(changes).toHaveBeenCalledOnce();
});

test('a log-in or log-out during a renewal wins', async () => {
  setSession(session('anna', 'annas'));
  const renewal = renew();
  setSession(session('ben', 'bens'));
  answers[0]?.(Response.json(session('anna', 'annas second')));
  await renewal;
  expect(await getToken()).toBe('bens');

  const another = renew();
  setSession(null);
  answers[1]?.(Response.json(session('ben', 'bens second')));
  await another;
  expect(await getToken()).toBeNull();
});
