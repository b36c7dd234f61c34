// Each mistake that a newcomer can make at the connection, and the one message that it brings.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { PROBE_TIMEOUT_MS } from '../src/probe';
import type { WebSocketOptions } from '../src/index';
import { FakeServer, pass } from './harness';

/** Any time by which a third attempt has failed. */
const LONG = 120_000;

const page = Object.assign(new EventTarget(), { hidden: false });

let errors: string[];
let server: FakeServer;

beforeEach(() => {
  vi.useFakeTimers();
  // What has been said once is not said again, so each test loads the modules anew.
  vi.resetModules();
  Reflect.deleteProperty(globalThis, Symbol.for('tidings.client'));
  server = new FakeServer();
  errors = [];
  vi.spyOn(console, 'error').mockImplementation((...words: unknown[]) => {
    errors.push(words.join(' '));
  });
  vi.stubGlobal('document', page);
  vi.stubGlobal('window', page);
  vi.stubGlobal('location', new URL('http://localhost:5173/'));
  vi.stubGlobal('WebSocket', server.WebSocket);
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

/** Connects, lets things fail, and returns the messages. */
async function said(options: WebSocketOptions = {}): Promise<string[]> {
  const { createClient } = await import('../src/index');
  const client = createClient({ url: 'ws://localhost:9000/ws', ...options });
  client.connect();
  await pass(LONG);
  client.disconnect();
  await pass();
  return errors;
}

/** Nobody opens a WebSocket here, and this is what a plain request is answered. */
function answering(body: string, init: ResponseInit & { url?: string; redirected?: boolean } = {}) {
  server.down = true;
  const { url = '', redirected = false, ...rest } = init;
  const fetch = vi.fn<(url: string, init: RequestInit) => Promise<Response>>(() => {
    const response = new Response(body, rest);
    Object.defineProperties(response, { url: { value: url }, redirected: { value: redirected } });
    return Promise.resolve(response);
  });
  vi.stubGlobal('fetch', fetch);
  return fetch;
}

const html = { headers: { 'content-type': 'text/html; charset=utf-8' } };

describe('the URL', () => {
  test('no URL and no page to take it from', async () => {
    vi.stubGlobal('location', undefined);
    expect(await said({ url: undefined })).toEqual([
      expect.stringMatching(
        /^\[tidings\] no_url: no URL: .*Set the option url, or NEXT_PUBLIC_WS_URL/,
      ),
    ]);
  });

  test('a URL without its scheme', async () => {
    vi.stubGlobal(
      'WebSocket',
      class {
        constructor(url: string) {
          throw new SyntaxError(`The URL's scheme must be either 'ws' or 'wss': ${url}`);
        }
      },
    );
    expect(await said({ url: 'localhost:9000/ws' })).toEqual([
      expect.stringMatching(/no_url: "localhost:9000\/ws" cannot be .*ws:\/\/host:port\/ws/),
    ]);
  });

  test('https instead of wss is understood', async () => {
    expect(await said({ url: 'https://host/ws' })).toEqual([]);
    expect(server.socket.url).toBe('wss://host/ws');
  });

  test('ws on a page that came over https', async () => {
    vi.stubGlobal('location', new URL('https://app.example/'));
    vi.stubGlobal(
      'WebSocket',
      class {
        constructor() {
          throw new DOMException('An insecure WebSocket connection may not be initiated');
        }
      },
    );
    expect(await said()).toEqual([expect.stringMatching(/https may not open ws:.*Use wss:\/\//)]);
  });

  test('nobody there, or another port', async () => {
    server.down = true;
    expect(await said()).toEqual([
      expect.stringMatching(
        /closed 1006: nothing answers at ws:\/\/localhost:9000\. Is the hub running/,
      ),
    ]);
  });

  test('the URL of a website, such as the development server of the app', async () => {
    answering('<!doctype html>', html);
    expect(await said()).toEqual([
      expect.stringMatching(/ws answers with an HTML page.*not the hub/),
    ]);
  });

  test('no URL set, so that it is the page that answers', async () => {
    answering('<!doctype html>', html);
    expect(await said({ url: undefined })).toEqual([
      expect.stringMatching(/ws:\/\/localhost:5173\/ws is not the hub: neither .* is set/),
    ]);
  });

  test('a wrong path', async () => {
    answering('', { status: 404 });
    expect(await said({ url: 'ws://localhost:9000/socket' })).toEqual([
      expect.stringMatching(/socket is not found \(404\)\. Check the path: the hub's is \/ws/),
    ]);
  });

  test('a redirect, which WebSockets do not follow', async () => {
    answering('', { url: 'https://www.example/ws', redirected: true });
    expect(await said()).toEqual([
      expect.stringMatching(/redirects to wss:\/\/www\.example\/ws.*Use that URL/),
    ]);
  });

  test('a token in the URL', async () => {
    answering('{"code":"token_in_url"}', {
      status: 400,
      headers: { 'content-type': 'application/problem+json' },
    });
    expect(await said({ url: 'ws://localhost:9000/ws?token=x' })).toEqual([
      expect.stringMatching(/refuses tokens in the URL.*getToken/),
    ]);
  });

  test('another name of the server than it goes by', async () => {
    answering('', { status: 421 });
    expect(await said()).toEqual([expect.stringMatching(/does not go by that name/)]);
  });
});

describe('what stands in between', () => {
  test('the CSP of the page: named at once, by the violation', async () => {
    vi.stubGlobal(
      'WebSocket',
      class {
        readyState = 0;
        onerror?: (event: object) => void;
        constructor(url: string) {
          queueMicrotask(() => {
            this.readyState = 3;
            this.onerror?.({});
            const facts = { effectiveDirective: 'connect-src', blockedURI: url };
            page.dispatchEvent(Object.assign(new Event('securitypolicyviolation'), facts));
          });
        }
        close() {}
      },
    );
    expect(await said()).toEqual([
      expect.stringMatching(
        /Content-Security-Policy forbids ws:\/\/localhost:9000\/ws\. Add ws:\/\/localhost:9000 to its connect-src/,
      ),
    ]);
  });

  test('a proxy that drops the upgrade', async () => {
    answering('', { status: 426 });
    expect(await said()).toEqual([
      expect.stringMatching(/a proxy in between drops it.*headers Upgrade and Connection/),
    ]);
  });

  test('a proxy that does not reach the hub', async () => {
    answering('', { status: 502 });
    expect(await said()).toEqual([expect.stringMatching(/a proxy answers 502/)]);
  });

  test('a hub that takes no more, and any other answer', async () => {
    answering('', { status: 429 });
    expect(await said()).toEqual([expect.stringMatching(/no more connections for now \(429\)/)]);
    vi.resetModules();
    Reflect.deleteProperty(globalThis, Symbol.for('tidings.client'));
    answering('', { status: 500 });
    expect((await said()).slice(1)).toEqual([expect.stringMatching(/answers 500 instead/)]);
  });

  test('somebody who lets the page read nothing', async () => {
    server.down = true;
    vi.stubGlobal('fetch', (_url: string, { mode }: RequestInit) =>
      mode === 'no-cors' ? Promise.resolve(Response.error()) : Promise.reject(new TypeError()),
    );
    expect(await said()).toEqual([
      expect.stringMatching(/something answers at ws:\/\/localhost:9000, but takes no WebSocket/),
    ]);
  });

  test('a socket that opens and then is silent', async () => {
    server.needsAuth = true;
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('', { status: 426 })));
    expect(await said()).toEqual([expect.stringMatching(/timeout: .*no word of Tidings comes/)]);
  });

  test('the origin of the page', async () => {
    server.needsAuth = true;
    server.onOpen = (socket) => socket.end(3503, 'no');
    expect(await said()).toEqual([
      expect.stringMatching(
        /closed 3503: .*pages of http:\/\/localhost:5173\. Allow it there \(tidings serve --allowed-origin http/,
      ),
    ]);
  });

  test('the origin, where a server says so before the upgrade', async () => {
    answering('', { status: 403 });
    expect(await said()).toEqual([expect.stringMatching(/pages of http:\/\/localhost:5173/)]);
  });
});

/** A JWT as far as a client looks. */
function jwt(claims: object, alg = 'HS256'): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg })}.${part(claims)}.c2lnbmVk`;
}

describe('the token', () => {
  beforeEach(() => {
    server.needsAuth = true;
    server.judge = () => 'token_invalid';
  });

  test('none, where the server wants one', async () => {
    server.onOpen = (socket) => socket.end(3006);
    expect(await said()).toEqual([
      expect.stringMatching(/closed 3006: the server waits for a token.*getToken.*--dev/),
    ]);
  });

  test('getToken rejects', async () => {
    const getToken = () => Promise.reject(new Error('401'));
    expect(await said({ getToken })).toEqual([
      expect.stringMatching(/token_failed: getToken rejects \(.*401\).*return null/),
    ]);
  });

  test('nobody is logged in: no mistake', async () => {
    expect(await said({ getToken: () => null })).toEqual([]);
  });

  test.each([
    ['Bearer abc.def.ghi', /begins with "Bearer ": return the token alone/],
    ['opaque', /It is no JWT/],
    [jwt({ aud: 'other', sub: 'u', exp: 9e9 }), /its aud is "other"/],
    [jwt({ sub: 'u', exp: 9e9 }, 'HS512'), /signed with HS512.*it has no aud/],
    [jwt({ sub: 7, iss: 'https://id/', topics: 'all' }), /no exp.*sub.*topics.*iss is "https:/],
    [jwt({ sub: 'u', exp: 1, nbf: 9e9 }), /it ended \d+ s ago, .*begins in the future/],
  ])('refused twice: what can be seen of it, %#', async (token, facts) => {
    const messages = await said({ getToken: () => token });
    expect(messages).toEqual([expect.stringMatching(facts)]);
    expect(messages[0]).toMatch(/token_invalid: .*The hub's log names the reason/);
    expect(messages[0]).not.toContain(token);
  });

  test('expired when it is fresh: a clock, or a cache', async () => {
    server.judge = () => 'token_expired';
    expect(await said({ getToken: () => jwt({ sub: 'u', exp: 9e9 }) })).toEqual([
      expect.stringMatching(/token_expired: .*past every cache, and compare the clocks/),
    ]);
  });

  test('a login that was revoked, and is returned again', async () => {
    server.judge = () => 'ok';
    server.onOpen = (socket) => socket.end(3501);
    expect(await said({ getToken: () => 'token' })).toEqual([
      expect.stringMatching(/session_revoked 3501: the login .* was revoked/),
    ]);
  });
});

describe('the runtime', () => {
  test('no WebSocket', async () => {
    vi.stubGlobal('WebSocket', undefined);
    expect(await said()).toEqual([expect.stringMatching(/no WebSocket.*the package ws/)]);
  });

  test('two copies of the package', async () => {
    await said();
    expect(errors).toEqual([]);
    vi.resetModules();
    expect(await said()).toEqual([
      expect.stringMatching(/two copies of @tidings\/client.*npm ls @tidings\/client/),
    ]);
  });
});

describe('the looking', () => {
  test('is bounded: one request for an outage, without a token or cookies', async () => {
    const fetch = answering('', { status: 404 });
    await said({ getToken: () => 'secret' });
    expect(errors).toHaveLength(1);
    for (const [url, init] of fetch.mock.calls) {
      expect(url).toBe('http://localhost:9000/ws');
      expect(init).toMatchObject({ credentials: 'omit', cache: 'no-store' });
      expect(JSON.stringify(init)).not.toContain('secret');
    }
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  test('gives up on who does not answer', async () => {
    server.down = true;
    const aborted: boolean[] = [];
    vi.stubGlobal(
      'fetch',
      (_url: string, { signal }: { signal: AbortSignal }) =>
        new Promise((_, reject) => {
          const abort = () => reject(new DOMException('aborted', 'AbortError'));
          if (signal.aborted) abort();
          signal.addEventListener('abort', () => {
            aborted.push(true);
            abort();
          });
        }),
    );
    expect(PROBE_TIMEOUT_MS).toBeLessThan(LONG);
    expect(await said()).toEqual([expect.stringMatching(/nothing answers/)]);
    expect(aborted).toEqual([true]);
  });

  test('asks nobody where the app brings a WebSocket of its own', async () => {
    const fetch = answering('', { status: 404 });
    expect(await said({ WebSocket: server.WebSocket })).toEqual([]);
    expect(fetch).not.toHaveBeenCalled();
  });

  test('a server that restarts is no mistake', async () => {
    const { createClient } = await import('../src/index');
    const client = createClient({ url: 'ws://localhost:9000/ws' });
    client.connect();
    await pass(60_000);
    server.socket.end(1006);
    await pass(60_000);
    expect(client.getStatus().state).toBe('connected');
    client.disconnect();
    expect(errors).toEqual([]);
  });
});

describe('in production', () => {
  beforeEach(() => void vi.stubEnv('NODE_ENV', 'production'));
  const guide = '(see the guide)';

  test('a code, and where to look; no request', async () => {
    const fetch = answering('', { status: 404 });
    expect(await said()).toEqual([`[tidings] closed 1006 ${guide}`]);
    expect(fetch).not.toHaveBeenCalled();
  });

  test('at once where it is over', async () => {
    server.needsAuth = true;
    server.judge = () => 'token_invalid';
    expect(await said({ getToken: () => 'token' })).toEqual([`[tidings] token_invalid  ${guide}`]);
  });
});
