import { positionsOf } from '@tidings/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { apiClient, getAll, REQUEST_TIMEOUT_MS, session } from './client';
import { ApiError, NetworkError } from './problem';
import { RENEW_BEFORE_MS } from './session';
import type { Auth } from './types';

interface Answer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** What the request fails with instead. */
  fails?: Error;
}

/** Requests in order, each with the answer that the next entry gives. */
let requests: Request[];
let answers: (Answer | Promise<Answer>)[];

const auth = (token: string, lifeMs = 3_600_000) =>
  ({ access_token: token, expires_at: new Date(Date.now() + lifeMs).toISOString() }) as Auth;

beforeEach(() => {
  requests = [];
  answers = [];
  vi.stubGlobal('document', { cookie: 'theme=dark; giftboard_session=yes' });
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    requests.push(new Request(`http://tidings.test${path}`, init));
    const answer = await answers.shift();
    if (!answer) throw new TypeError(`no answer for ${path}`);
    const { status = 200, body, headers, fails } = answer;
    if (fails) throw fails;
    return new Response(body === undefined ? null : JSON.stringify(body), {
      status,
      headers: { 'Content-Type': 'application/json', ...headers },
    });
  });
  session.set(auth('first'));
});

afterEach(() => {
  session.set(null);
  vi.unstubAllGlobals();
});

const tokenOf = (request: Request | undefined) => request?.headers.get('Authorization');
const paths = () => requests.map(({ url }) => new URL(url).pathname.replace('/api/v1', ''));

describe('apiClient', () => {
  it('sends the token, the body and the mutation id', async () => {
    answers = [{ status: 201, body: { id: 'a' } }];
    expect(await apiClient.post('/gifts', { name: 'Lego' }, { mutationId: 'm-1' })).toEqual({
      id: 'a',
    });
    const [request] = requests;
    expect(tokenOf(request)).toBe('Bearer first');
    expect(request?.headers.get('Mutation-Id')).toBe('m-1');
    expect(await request?.json()).toEqual({ name: 'Lego' });
  });

  it('remembers at which position data was read', async () => {
    const header = '"list-items:7";epoch="e1";seq=41';
    answers = [{ body: [], headers: { 'Tidings-Position': header } }];
    const items = await apiClient.get('/list-items?list_id=7');
    expect(positionsOf(items)).toEqual([{ topic: 'list-items:7', epoch: 'e1', seq: 41 }]);
  });

  it('gives nothing for an answer without content', async () => {
    answers = [{ status: 204 }];
    expect(await apiClient.delete('/gifts/a')).toBeUndefined();
  });

  it('renews the session once for all requests that were refused together', async () => {
    answers = [
      { status: 401 },
      { status: 401 },
      { body: auth('second') },
      { body: 'a' },
      { body: 'b' },
    ];
    const both = Promise.all([apiClient.get('/lists'), apiClient.get('/gifts')]);
    expect(await both).toEqual(['a', 'b']);
    expect(paths()).toEqual(['/lists', '/gifts', '/auth/refresh', '/lists', '/gifts']);
    expect(tokenOf(requests[4])).toBe('Bearer second');
  });

  it('renews a token that is about to end before it is used', async () => {
    session.set(auth('old', RENEW_BEFORE_MS - 1));
    answers = [{ body: auth('new') }, { body: [] }];
    await apiClient.get('/lists');
    expect(paths()).toEqual(['/auth/refresh', '/lists']);
    expect(tokenOf(requests[1])).toBe('Bearer new');
  });

  it('ends the session when there is none any more, and tells the refusal', async () => {
    answers = [{ status: 401, body: { code: 'unauthorized', detail: 'Log in.' } }, { status: 401 }];
    await expect(apiClient.get('/lists')).rejects.toMatchObject({ status: 401 });
    expect(session.current).toBeNull();
  });

  it('does not ask to renew what the browser has no sign of', async () => {
    vi.stubGlobal('document', { cookie: 'theme=dark' });
    session.set(null);
    expect(await session.refresh()).toBeNull();
    expect(requests).toEqual([]);
  });

  it('drops the sign of a session that the server says is over', async () => {
    answers = [{ status: 401 }];
    expect(await session.refresh()).toBeNull();
    expect(document.cookie).toBe('giftboard_session=; Path=/; Max-Age=0');
  });

  it('keeps the session when the server cannot check it', async () => {
    answers = [{ status: 401 }, { status: 503 }];
    await expect(apiClient.get('/lists')).rejects.toMatchObject({ status: 503 });
    expect(session.current?.access_token).toBe('first');
  });

  it('does not try to renew a wrong password', async () => {
    session.set(null);
    answers = [{ status: 401, body: { detail: 'Email or password is wrong.' } }];
    await expect(apiClient.post('/auth/login', {})).rejects.toThrow('Email or password is wrong.');
    expect(paths()).toEqual(['/auth/login']);
  });

  it('tells a lost connection from a refusal', async () => {
    answers = [{ fails: new TypeError('Failed to fetch') }];
    await expect(apiClient.get('/lists')).rejects.toBeInstanceOf(NetworkError);
  });

  it('hands on an abort that the caller asked for', async () => {
    const controller = new AbortController();
    controller.abort();
    answers = [{ fails: new DOMException('aborted', 'AbortError') }];
    const read = apiClient.get('/lists', { signal: controller.signal });
    await expect(read).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('gives up on a server that does not answer', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort());
    answers = [{ fails: new DOMException('timed out', 'TimeoutError') }];
    await expect(apiClient.get('/lists')).rejects.toThrow('did not answer in time');
    expect(timeout).toHaveBeenCalledWith(REQUEST_TIMEOUT_MS);
  });
});

function deferred<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

describe('the session', () => {
  it('lets a log-in that came meanwhile stand', async () => {
    const { promise, resolve: answer } = deferred<Answer>();
    answers = [promise];
    const refresh = session.refresh();
    session.set(auth('logged in'));
    answer({ status: 401 });
    await refresh;
    expect(session.current?.access_token).toBe('logged in');
  });
});

describe('getAll', () => {
  it('follows the cursor to the end', async () => {
    answers = [
      { body: { items: [1, 2], next_cursor: 'c' } },
      { body: { items: [3], next_cursor: '' } },
    ];
    expect(await getAll('/persons')).toEqual([1, 2, 3]);
    expect(new URL(requests[1]?.url ?? '').searchParams.get('cursor')).toBe('c');
  });
});

describe('ApiError', () => {
  const from = (status: number, body: unknown, type = 'application/problem+json') =>
    ApiError.from(
      new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type } }),
    );

  it('pins messages to the fields they blame', async () => {
    const error = await from(422, {
      code: 'invalid',
      detail: 'The request is invalid.',
      errors: [
        { location: 'body.price.amount', message: 'must be at least 0' },
        { location: 'body.people[2].person_id', message: 'is unknown' },
        { location: 'query.limit', message: 'is no number' },
      ],
    });
    expect(error.code).toBe('invalid');
    expect(error.fieldErrors()).toEqual({ price: 'Must be at least 0.', people: 'Is unknown.' });
  });

  it('carries what the entity is now', async () => {
    const error = await from(409, {
      code: 'conflict',
      detail: 'Ann moved it.',
      current: { id: 'a' },
    });
    expect(error.current).toEqual({ id: 'a' });
  });

  it('has a decent message for an answer that is no problem+json', async () => {
    const error = await from(502, '<html>Bad gateway</html>', 'text/html');
    expect(error.message).toBe('The server has a problem. Please try again in a moment.');
  });
});
