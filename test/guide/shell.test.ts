// @vitest-environment node
// The guide's commands, in order, and the code that stands between them.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { createClient, type WSEvent } from '@tidings/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';

import { listen } from '@/listen';
import { publish, tokenFor } from '@/server/hub';

import { blocks } from '../../scripts/extract-guide.mjs';

import { freePort } from '../e2e/harness/giftboard';

import { Serving } from './server';

const folder = mkdtempSync(path.join(tmpdir(), 'guide-'));
const bin = path.join(import.meta.dirname, '../../bin');
const servers: Serving[] = [];

/** The ports that the guide names, and those that are free here. */
const ports = new Map<string, number>();

const scripts = blocks().filter(({ language, info }) => language === 'sh' && !/^not/.test(info));

beforeAll(async () => {
  vi.stubGlobal('WebSocket', WebSocket);
  vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
  for (const port of ['8000', '9000', '9001']) ports.set(port, await freePort());
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  rmSync(folder, { recursive: true });
});

const bash = ['-euo', 'pipefail', '-c'];

describe('every command works', () => {
  test.each(scripts)('guide.md:$line', async ({ info, code }) => {
    const script = code.replace(/(?<=127\.0\.0\.1:)\d+/g, (port) => String(ports.get(port)));
    if (info === 'serve') {
      servers.push(await Serving.start('bash', [...bash, script], folder));
    } else {
      await promisify(execFile)('bash', [...bash, script], { cwd: folder });
    }
  });
});

const KITE = { entity_id: '7', payload: { id: '7', name: 'Kite' } };
const ADDED = { topic: 'list-items:1', event: 'ADDED', data: KITE } as const;

test('an event arrives', async () => {
  const hub = `127.0.0.1:${ports.get('9000')}`;
  let stop = () => {};
  const event = await new Promise<WSEvent>((resolve) => {
    stop = listen(`ws://${hub}/ws`, resolve, () => void publish(`http://${hub}`, 'dev', [ADDED]));
  });
  stop();
  expect(event.data.payload).toEqual(KITE.payload);
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
});
