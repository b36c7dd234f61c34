// @vitest-environment node
// The guide's commands, in order, and the code that stands between them.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { createClient, type WSConnectionState, type WSEvent } from '@tidings/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';

import { getToken, setSession, type Session } from '@/lib/api/session';
import { authorizeServer } from '@/server/authorize';
import { publish, tokenFor } from '@/server/hub';

import { blocks, extracted } from '../../scripts/extract-guide.mjs';

import { freePort } from '../e2e/harness/giftboard';

import { Serving } from './server';

const folder = mkdtempSync(path.join(tmpdir(), 'guide-'));
const root = path.join(import.meta.dirname, '../..');
const bin = path.join(root, 'bin');
const servers: Serving[] = [];

/** The ports that the guide names, and those that are free here. */
const ports = new Map<string, number>();

/** What the guide says, for the ports that are free here. */
const withPorts = (text: string) =>
  text.replace(/(?<=127\.0\.0\.1:)\d+/g, (port) => String(ports.get(port)));

/** What servers print when they are ready, and what the guide's listener does. */
const READY = /http:\/\/|listening/;

const scripts = blocks().filter(({ language, info }) => language === 'sh' && !/^not/.test(info));

beforeAll(async () => {
  vi.stubGlobal('WebSocket', WebSocket);
  vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
  for (const port of ['8000', '9000', '9001']) ports.set(port, await freePort());
  // Where it is run it finds the packages, as in a checkout.
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  const script = readFileSync(path.join(extracted, 'app/listen.mjs'), 'utf8');
  writeFileSync(path.join(folder, 'listen.mjs'), withPorts(script));
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  rmSync(folder, { recursive: true });
});

const bash = ['-euo', 'pipefail', '-c'];

describe('every command works', () => {
  test.each(scripts)('guide.md:$line', async ({ info, code }) => {
    const script = withPorts(code);
    if (info === 'serve') {
      servers.push(await Serving.start('bash', [...bash, script], folder, READY));
    } else {
      await promisify(execFile)('bash', [...bash, script], { cwd: folder });
    }
  });
});

const KITE = { entity_id: '7', payload: { id: '7', name: 'Kite' } };
const ADDED = { topic: 'list-items:1', event: 'ADDED', data: KITE } as const;

test('an event arrives, and is printed as the guide shows it', async () => {
  const shown = blocks().find(({ language, code }) => language === 'text' && /^ADDED/.test(code));
  const printed = () => expect(servers.some(({ said }) => said.includes('ADDED'))).toBe(true);
  await vi.waitFor(printed, { timeout: 20_000 });
  const { said } = servers.find((each) => each.said.includes('ADDED')) as Serving;
  const steps = ['connecting', 'connected', 'listening', shown?.code.trim()];
  expect(said.split('\n').map((line) => line.trim())).toEqual([...steps, '']);
});

test('a token opens what it names, and a publish with the key arrives there', async () => {
  const hub = `127.0.0.1:${ports.get('9001')}`;
  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8').trim();
  const key = read('publish-key');
  const getToken = () => tokenFor('anna', ['list-items:*'], read('jwt-secret'));
  const client = createClient({ url: `ws://${hub}/ws`, getToken, identity: 'anna' });
  client.connect();

  const refused = await new Promise((resolve) =>
    client.subscribe('gift:1', () => {}, { onError: ({ code }) => resolve(code) }),
  );
  expect(refused).toBe('forbidden');

  const arrived = new Promise<WSEvent>((resolve) => {
    client.subscribe('list-items:1', resolve, {
      onSubscribed: () => {
        void publish(`http://${hub}`, key, [ADDED]);
      },
    });
  });
  expect((await arrived).data.payload).toEqual(KITE.payload);
  client.disconnect();
  await expect(publish(`http://${hub}`, 'not the key', [])).rejects.toThrow('401');
  const bad = { ...ADDED, topic: 'list-items:undefined' };
  await expect(publish(`http://${hub}`, key, [ADDED, bad])).rejects.toThrow('invalid_topic');
});

test('a server that is asked decides, where a token names no topics', async () => {
  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8').trim();
  const secret = 'the-secret-of-the-hub';
  writeFileSync(path.join(folder, 'authorize-secret'), secret);
  const mayRead = (user: string, topic: string) =>
    topic === 'list:broken'
      ? Promise.reject(new Error('the database is away'))
      : Promise.resolve(user === 'anna' && topic === 'list-items:1');
  const backend = authorizeServer(secret, mayRead).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const { port } = backend.address() as AddressInfo;
  const files = ['--publish-key-file', 'publish-key', '--jwt-secret-file', 'jwt-secret'];
  const flags = ['--authorize-url', `http://127.0.0.1:${port}/authorize`];
  const asked = ['--authorize-secret-file', 'authorize-secret', '--jwt-audience', 'tidings'];
  const args = ['serve', '--addr', '127.0.0.1:0', ...flags, ...asked, ...files];
  const hub = await Serving.start('tidings', args, folder);
  servers.push(hub);

  const url = `${hub.url.replace('http', 'ws')}/ws`;
  const getToken = () => tokenFor('anna', [], read('jwt-secret'));
  const client = createClient({ url, getToken, identity: 'anna' });
  client.connect();
  const outcome = (topic: string) =>
    new Promise<string>((resolve) => {
      client.subscribe(topic, () => {}, {
        onSubscribed: () => resolve('subscribed'),
        onError: ({ code }) => resolve(code),
      });
    });
  expect(await outcome('list-items:1')).toBe('subscribed');
  expect(await outcome('list-items:2')).toBe('forbidden');
  expect((await fetch(`http://127.0.0.1:${port}/`, { method: 'POST' })).status).toBe(401);
  const headers = { Authorization: `Bearer ${secret}` };
  const body = JSON.stringify({ user: 'anna', topic: 'list:broken' });
  const failed = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body });
  expect(failed.status).toBe(500);
  client.disconnect();
  backend.close();
  backend.closeAllConnections();
});

test('a client outlives its first token, and its second', async () => {
  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8').trim();
  const files = ['--publish-key-file', 'publish-key', '--jwt-secret-file', 'jwt-secret'];
  const flags = ['--addr', '127.0.0.1:0', '--jwt-audience', 'tidings', '--jwt-leeway', '0s'];
  const hub = await Serving.start('tidings', ['serve', ...flags, ...files], folder);
  servers.push(hub);

  // The client asks again after five seconds at the earliest.
  const life = 6;
  const answer = (): Session => ({
    user_id: 'anna',
    access_token: tokenFor('anna', ['list-items:*'], read('jwt-secret'), life),
    expires_in: life,
  });
  let renewals = 0;
  const { fetch } = globalThis;
  vi.stubGlobal('fetch', (url: string, init?: RequestInit) => {
    if (url !== '/api/v1/token') return fetch(url, init);
    renewals++;
    return Promise.resolve(Response.json(answer()));
  });

  setSession(answer());
  const url = `${hub.url.replace('http', 'ws')}/ws`;
  const client = createClient({ url, getToken, identity: 'anna' });
  const states: WSConnectionState[] = [];
  client.onStatus(() => states.push(client.getStatus().state));
  const events: WSEvent[] = [];
  client.subscribe('list-items:1', (event) => events.push(event));
  client.connect();
  await vi.waitFor(() => expect(renewals).toBe(2), { timeout: 25_000, interval: 100 });

  await publish(hub.url, read('publish-key'), [ADDED]);
  await vi.waitFor(() => expect(events).toHaveLength(1), { timeout: 20_000 });
  expect(states).toEqual(['connecting', 'connected']);
  client.disconnect();
});
