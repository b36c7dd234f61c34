import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { utimes } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from '@playwright/test';

import { freePort } from './giftboard';

const web = fileURLToPath(new URL('../../../web', import.meta.url));
const vite = fileURLToPath(new URL('../../../node_modules/vite/bin/vite.js', import.meta.url));

/** How long the start may take, in milliseconds. */
const patienceMs = 60_000;

/** The UI as its developers see it: React's StrictMode doubles effects, changes come in hot. */
export class DevServer {
  private constructor(
    private readonly process: ChildProcess,
    readonly url: string,
  ) {}

  /** Serves the UI's source, with REST and sockets of a giftboard behind it. */
  static async start(giftboard: string): Promise<DevServer> {
    const port = String(await freePort());
    const child = spawn(process.execPath, [vite, '--port', port, '--strictPort'], {
      cwd: web,
      env: { ...process.env, GIFTBOARD_URL: giftboard },
      stdio: 'ignore',
    });
    const server = new DevServer(child, `http://localhost:${port}`);
    const answers = () =>
      fetch(server.url).then(
        ({ ok }) => ok,
        () => false,
      );
    await expect.poll(answers, { timeout: patienceMs }).toBe(true);
    return server;
  }

  /** Saves a source file as it is, which the server takes for a change. */
  async touch(file: string): Promise<void> {
    const now = new Date();
    await utimes(path.join(web, 'src', file), now, now);
  }

  async dispose(): Promise<void> {
    const exited = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exited;
  }
}
