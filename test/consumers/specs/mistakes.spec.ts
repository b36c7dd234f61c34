// Each mistake of the guide's table, made with the real hub and the real packages; what is then
// said is what the table says.

import { execFile } from 'node:child_process';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect, test, type Page } from '@playwright/test';
import { createClient } from '@tidings/client';
import { WebSocket, WebSocketServer } from 'ws';

import { freePort } from '../../e2e/harness/giftboard';
import { mistakes, patternOf } from '../harness/guide-table';
import { Hub } from '../harness/hub';
import { PageServer } from '../harness/page';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'mistakes-'));
const SECRET = Buffer.from('a secret of thirty-two bytes, ok').toString('base64');
const KEY = 'a key for those who publish';
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Anybody may read. */
let open: Hub;
/** Wants tokens of its issuer. */
let closed: Hub;
/** The same, and lets no other origin in. */
let strict: Hub;
let pages: PageServer;
let silent: WebSocketServer;

const file = (name: string, text: string) => {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};

/** Passes a request on to a hub, without the upgrade, as a proxy does that was not told to. */
function pass(response: ServerResponse, url: string, host?: string): void {
  const headers = host === undefined ? {} : { Host: host };
  request(url, { headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  })
    .on('error', () => response.writeHead(502).end())
    .end();
}

const others: RequestListener = ({ url = '' }, response) => {
  if (url.startsWith('/proxied')) return pass(response, open.url + url.slice('/proxied'.length));
  if (url === '/named') return pass(response, `${open.url}/ws`, 'hub.example');
  if (url === '/gone') return pass(response, 'http://127.0.0.1:1/ws');
  if (url === '/moved') return response.writeHead(302, { Location: '/elsewhere' }).end();
  if (url === '/silent') return response.writeHead(426).end();
  response.writeHead({ '/busy': 503, '/broken': 500, '/elsewhere': 200 }[url] ?? 404).end();
};

test.beforeAll(async () => {
  pages = await PageServer.start({}, others);
  silent = new WebSocketServer({ server: pages.server, path: '/silent' });
  const tokens = ['--jwt-secret-file', file('secret', SECRET), '--publish-key-file'];
  tokens.push(file('key', KEY), '--jwt-audience', 'tidings', '--jwt-issuer', 'https://id.example');
  open = await Hub.start(pages.origin);
  closed = await Hub.serve([...tokens, '--allowed-origin', pages.origin], KEY);
  strict = await Hub.serve(tokens, KEY);
});
test.afterAll(async () => {
  silent.close();
  await Promise.all([pages.stop(), open.stop(), closed.stop(), strict.stop()]);
  rmSync(folder, { recursive: true });
});

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

interface Odd {
  header?: object;
  claims?: object;
  secret?: string | Buffer;
  hash?: string;
}

/** A token that `closed` takes, but for what is odd about it. */
function token({ header = {}, claims = {}, secret = SECRET, hash = 'sha256' }: Odd = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const usual = {
    sub: 'anna',
    iss: 'https://id.example',
    aud: 'tidings',
    iat: now,
    exp: now + 300,
  };
  const signed = `${encode({ alg: 'HS256', ...header })}.${encode({ ...usual, ...claims })}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

/** What the hub logs about a token. */
async function logged(odd: string, hub = closed): Promise<string[]> {
  const Socket = WebSocket as unknown as typeof globalThis.WebSocket;
  const client = createClient({ url: hub.socketUrl, WebSocket: Socket, getToken: () => odd });
  client.connect();
  await expect.poll(() => client.getStatus().state).not.toBe('connecting');
  client.disconnect();
  return hub.log.split('\n');
}

/** What Node.js prints when it runs a module. */
async function printed(code: string): Promise<string[]> {
  const args = ['--input-type=module', '-e', code];
  const run = promisify(execFile)(process.execPath, args, { cwd: root });
  const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error);
  return `${stdout}${stderr}`.split('\n');
}

/** All that a page says from here on. */
function listen(page: Page): string[] {
  const lines: string[] = [];
  page.on('console', (message) => lines.push(message.text()));
  page.on('pageerror', (error) => lines.push(error.message));
  return lines;
}

/** What the page says when it runs a script. */
async function said(page: Page, script: string, url = pages.origin): Promise<string[]> {
  const lines = listen(page);
  await page.goto(url);
  await page.evaluate(script);
  return lines;
}

/** A script that connects; tries follow one another soon. */
const connect = (options: string, then = '') => `{
  const client = copies[0].client.createClient({ reconnectInterval: 50, ${options} });
  client.connect();
  ${then}
}`;

/** A script that connects to a path of the page's own server. */
const connectTo = (place: string) =>
  connect(`url: '${pages.origin.replace('http', 'ws')}${place}'`);

/** A script that renders a component which syncs, over a query. */
const render = (sync: string, query = '', options = `url: '${open.socketUrl}'`) => `{
  const { createElement } = modules.react;
  const { QueryClient, QueryClientProvider, useQuery } = modules['@tanstack/react-query'];
  const { client, react } = copies[0];
  const queryKey = ['list', '1'];
  const wait = () => new Promise((resolve) => setTimeout(resolve, 500));
  function Board() {
    ${query && `useQuery({ queryKey, ${query} });`}
    ${sync};
    return null;
  }
  const board = createElement(Board);
  const inner = ${options ? `createElement(react.WebSocketProvider, { options: { ${options} } }, board)` : 'board'};
  modules['react-dom/client'].createRoot(document.body).render(
    createElement(QueryClientProvider, { client: new QueryClient() }, inner));
}`;

const SYNC = "react.useRealtimeSync({ topic: 'list:1', queryKey })";
const READ = 'queryFn: () => [1]';

/** Makes a mistake; returns the messages, which may grow. */
type Make = (page: Page) => Promise<string[]> | string[];

/** Every row of the table, by words that are in no other. */
const CASES: Record<string, Make> = {
  'no <WebSocketProvider>': (page) => said(page, render(SYNC, '', '')),
  'called in a Server Component': () =>
    printed("(await import('./packages/react/dist/server.js')).useRealtimeSync()"),
  'was refused (forbidden)': (page) =>
    said(page, render(SYNC, READ, `url: '${closed.socketUrl}', getToken: () => '${token()}'`)),
  'no query has a key': (page) => said(page, render(SYNC)),
  'lost its position': (page) =>
    said(
      page,
      render(
        SYNC,
        `queryFn: async () => (await wait(), client.tagPosition([1], '"list:1";epoch="e";seq=1').map(String))`,
      ),
    ),
  'has staleTime 0': (page) => said(page, render(SYNC, `${READ}, staleTime: 0`)),
  'two copies of @tidings/react': (page) =>
    said(page, `copies.push(load());${render(SYNC.replace('react.', 'copies[1].react.'))}`),
  "staleTime is 'static'": async (page) => {
    const answered = page.waitForEvent('console', (each) => each.text() === 'subscribed');
    const onSubscribed = "{ topic: 'list:1', onSubscribed: () => console.log('subscribed'),";
    const sync = SYNC.replace("{ topic: 'list:1',", onSubscribed);
    const lines = await said(page, render(sync, `${READ}, staleTime: 'static'`));
    await answered;
    await open.publish('list:1');
    return lines;
  },
  'want type:identifier': (page) =>
    said(page, connect('', "client.subscribe('giftList:1', () => {})")),
  'the identifier is missing': (page) =>
    said(page, connect('', "client.subscribe('list:undefined', () => {})")),
  'no page to be relative to': () =>
    printed(`import { createClient } from '@tidings/client'; import { WebSocket } from 'ws';
      createClient({ WebSocket }).connect();`),
  "cannot be a WebSocket's URL": (page) => said(page, connect("url: 'localhost:9000/ws'")),
  'a page on https': async (page) => {
    const url = 'https://app.example/';
    await page.route(`${url}**`, async (route) => {
      const response = await route.fetch({
        url: route.request().url().replace(url, `${pages.origin}/`),
      });
      await route.fulfill({ response });
    });
    return said(page, connect("url: 'ws://hub.example/ws'"), url);
  },
  'this runtime has no WebSocket': () =>
    printed(`import { createClient } from '@tidings/client'; delete globalThis.WebSocket;
      createClient({ url: 'ws://127.0.0.1:1/ws' }).connect();`),
  'Content-Security-Policy': async (page) => {
    await page.route(`${pages.origin}/`, async (route) => {
      const response = await route.fetch();
      const headers = { ...response.headers(), 'content-security-policy': "connect-src 'self'" };
      await route.fulfill({ response, headers });
    });
    return said(page, connect(`url: '${open.socketUrl}'`));
  },
  'nothing answers at': async (page) =>
    said(page, connect(`url: 'ws://127.0.0.1:${await freePort()}/ws'`)),
  'neither the option url': (page) => said(page, connect('')),
  'answers with an HTML page': (page) => said(page, connectTo('/')),
  'is not found (404)': (page) => said(page, connectTo('/socket')),
  'redirects to': (page) => said(page, connectTo('/moved')),
  'refuses tokens in the URL': (page) => said(page, connectTo('/proxied/ws?token=x')),
  'a proxy in between drops it': (page) => said(page, connectTo('/proxied/ws')),
  'a proxy answers 502': (page) => said(page, connectTo('/gone')),
  'something answers at': (page) =>
    said(page, connect(`url: '${open.socketUrl.replace('/ws', '/socket')}'`)),
  'does not go by that name': (page) => said(page, connectTo('/named')),
  'no more connections': (page) => said(page, connectTo('/busy')),
  'answers 500': (page) => said(page, connectTo('/broken')),
  'does not let in pages': (page) => said(page, connect(`url: '${strict.socketUrl}'`)),
  'no word of Tidings': (page) => said(page, connectTo('/silent')),
  'waits for a token': (page) => said(page, connect(`url: '${closed.socketUrl}'`)),
  'getToken rejects': (page) =>
    said(
      page,
      connect(`url: '${closed.socketUrl}', getToken: () => Promise.reject(new Error('401'))`),
    ),
  'refuses the token twice': (page) =>
    said(page, connect(`url: '${closed.socketUrl}', getToken: () => 'no token'`)),
  'a fresh token for an expired one': (page) => {
    const old = token({ claims: { iat: 1, exp: 300 } });
    return said(page, connect(`url: '${closed.socketUrl}', getToken: () => '${old}'`));
  },
  'the login behind the token': async (page) => {
    const bens = token({ claims: { sub: 'ben', sid: 'login-7' } });
    const options = `url: '${closed.socketUrl}', getToken: () => '${bens}'`;
    const connected = page.waitForEvent('console', (each) => each.text() === 'connected');
    const show = 'client.onStatus(() => console.log(client.getStatus().state));';
    const lines = await said(page, connect(options, show));
    await connected;
    await closed.post('revoke', { session: 'login-7' });
    return lines;
  },
  'two copies of @tidings/client': (page) =>
    said(page, 'copies.push(load()); for (const { client } of copies) client.createClient();'),
  'starts with Bearer': () => logged(`Bearer ${token()}`, strict),
  'base64 stands for': () => logged(token({ secret: Buffer.from(SECRET, 'base64') })),
  'method HS512': () => logged(token({ header: { alg: 'HS512' }, hash: 'sha512' }), strict),
  'reason=audience': () => logged(token({ claims: { aud: 'other' } })),
  'reason=issuer': () => logged(token({ claims: { iss: 'https://id.example/' } })),
  'reason=no_subject': () => logged(token({ claims: { sub: '' } })),
  'exp claim is required': () => logged(token({ claims: { exp: undefined } })),
  'reason=issued_in_the_future': () => logged(token({ claims: { iat: Date.now() / 1000 + 120 } })),
  'reason=lives_too_long': () => logged(token({ claims: { exp: Date.now() } })),
  'reason=topics': () => logged(token({ claims: { topics: ['list 1'] } })),
  'reason=key': async () => {
    const jwk = {
      ...keys.publicKey.export({ format: 'jwk' }),
      kid: 'first',
      alg: 'ES256',
      use: 'sig',
    };
    const set = createServer((_, response) => response.end(JSON.stringify({ keys: [jwk] })));
    set.listen(0, '127.0.0.1');
    await once(set, 'listening');
    const { port } = set.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/jwks`;
    const hub = await Hub.serve(
      ['--jwt-jwks-url', url, '--publish-key-file', file('key', KEY)],
      KEY,
    );
    const signed = `${encode({ alg: 'ES256', kid: 'second' })}.${encode({ sub: 'anna', exp: 9e9 })}`;
    const key = { key: keys.privateKey, dsaEncoding: 'ieee-p1363' } as const;
    const signature = sign('sha256', Buffer.from(signed), key).toString('base64url');
    const lines = await logged(`${signed}.${signature}`, hub);
    await hub.stop();
    set.close();
    return lines;
  },
  'fetching the key set failed': async () => {
    const flags = [
      '--jwt-jwks-url',
      'http://127.0.0.1:1/jwks',
      '--publish-key-file',
      file('key', KEY),
    ];
    const hub = await Hub.serve(flags, KEY, /fetching the key set failed/);
    await hub.stop();
    return hub.log.split('\n');
  },
  'reason=forbidden_origin': async (page) => {
    await said(page, connect(`url: '${strict.socketUrl}'`));
    await strict.logged(/reason=forbidden_origin/);
    return strict.log.split('\n');
  },
  untrusted_proxy: async () => {
    await fetch(`${closed.url}/ws`, { headers: { 'X-Forwarded-For': '192.0.2.1' } });
    await closed.logged(/untrusted_proxy/);
    return closed.log.split('\n');
  },
};

const rows = mistakes();
const rowsOf = (words: string) =>
  rows.filter(({ code, says }) => `${code} ${says.replace(/`/g, '')}`.includes(words));

// Guarantees: B1
test('every row of the guide’s table is made to happen, each once', () => {
  expect(rows.length).toBeGreaterThan(40);
  expect(Object.keys(CASES).filter((words) => rowsOf(words).length !== 1)).toEqual([]);
  const made = new Set(Object.keys(CASES).flatMap(rowsOf));
  expect(rows.filter((row) => !made.has(row))).toEqual([]);
});

for (const [words, make] of Object.entries(CASES)) {
  // Guarantees: B1
  test(`it is said: ${words}`, async ({ page }) => {
    const [row] = rowsOf(words);
    const lines = await make(page);
    const count = () => lines.filter((line) => patternOf(row!).test(line)).length;
    // The hub logs it once a minute.
    const isLogged = row!.code === 'log';
    const isSaid = () => (isLogged ? count() > 0 : count() === 1);
    await expect.poll(() => isSaid() || lines, { timeout: 40_000 }).toBe(true);
  });
}
