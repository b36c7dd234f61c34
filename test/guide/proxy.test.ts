// @vitest-environment node
// The guide's reverse proxy, by a real nginx.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';

import { blocks } from '../../scripts/extract-guide.mjs';

import { freePort, Giftboard } from '../e2e/harness/giftboard';

import { Serving } from './server';

const folder = mkdtempSync(path.join(tmpdir(), 'guide-proxy-'));
const certificate = path.join(folder, 'certificate.pem');
const key = path.join(folder, 'key.pem');

/** nginx with the guide's settings, before a server on a port. */
async function startProxy(port: number, upstream: number): Promise<Serving> {
  const [block, ...others] = blocks().filter(({ info }) => info === 'proxy');
  expect(block?.language).toBe('nginx');
  expect(others).toEqual([]);
  const server = (block?.code ?? '')
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replace('server_name gifts.example.org', 'server_name localhost')
    .replace(/(?<=ssl_certificate +).*(?=;)/, certificate)
    .replace(/(?<=ssl_certificate_key +).*(?=;)/, key)
    .replaceAll('127.0.0.1:8000', `127.0.0.1:${upstream}`);
  const file = path.join(folder, `nginx-${port}.conf`);
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${file}.pid; error_log stderr notice;
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  ${server}
}
`,
  );
  return Serving.start('nginx', ['-c', file], folder, /using the "epoll" event method/);
}

/** What becomes of a page of an origin that opens a socket: "taken", or the code that closes it. */
async function open(port: number, origin: string): Promise<string> {
  const socket = new WebSocket(`wss://localhost:${port}/ws`, {
    headers: { Origin: origin },
    rejectUnauthorized: false,
  });
  const closed = once(socket, 'close').then(([code]) => String(code));
  await once(socket, 'open');
  socket.send(JSON.stringify({ action: 'ping' }));
  const taken = once(socket, 'message').then(() => 'taken');
  try {
    return await Promise.race([taken, closed]);
  } finally {
    socket.terminate();
  }
}

beforeAll(() => {
  vi.stubEnv('PATH', `${process.env.PATH}:/usr/sbin`);
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost'];
  execFileSync('openssl', [...request, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([
  { name: 'as the guide says', flags: true },
  { name: 'by a server that knows nothing of it', flags: false },
])('behind nginx on a port of its own, $name', ({ flags }) => {
  let board: Giftboard;
  let proxy: Serving;
  let port: number;

  beforeAll(async () => {
    port = await freePort();
    const upstream = await freePort();
    const url = `https://localhost:${port}`;
    board = await Giftboard.start(
      upstream,
      flags ? ['--public-url', url, '--trusted-proxies', '127.0.0.1'] : [],
    );
    proxy = await startProxy(port, upstream);
  });
  afterAll(async () => {
    await proxy.stop();
    await board.dispose();
  });

  test('the dashboard’s own page gets its live updates, and no other', async () => {
    expect(await open(port, `https://localhost:${port}`)).toBe('taken');
    expect(await open(port, 'https://localhost')).toBe('3503');
    expect(await open(port, 'https://evil.example')).toBe('3503');
    expect(board.printed).toContain('origin=https://localhost');
  });

  test('a proxy that is not named is said to be there', () => {
    expect(board.printed.includes('untrusted_proxy')).toBe(!flags);
  });
});
