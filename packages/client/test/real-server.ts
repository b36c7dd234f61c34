// The real server, and a network between it and the client that can be broken.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

/** `tidings serve --dev`, built from source, with its log in a file. */
export class RealServer {
  private readonly dir = mkdtempSync(join(tmpdir(), 'tidings-client-'));
  private process: ChildProcess | undefined;
  url = '';

  constructor() {
    execFileSync('go', ['build', '-o', join(this.dir, 'tidings'), './cmd/tidings'], {
      cwd: ROOT,
      env: { ...process.env, CGO_ENABLED: '0' },
    });
  }

  async start(): Promise<void> {
    const flags = ['serve', '--dev', '--addr', '127.0.0.1:0', '--log', join(this.dir, 'log.db')];
    const child = spawn(join(this.dir, 'tidings'), flags, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = child;
    this.url = await new Promise<string>((resolve, reject) => {
      let said = '';
      const hear = (chunk: Buffer) => {
        said += chunk.toString();
        const url = /url=(http:\/\/[\d.:]+)/.exec(said)?.[1];
        if (url) resolve(url);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.on('exit', (code) => reject(new Error(`tidings ended with ${code}: ${said}`)));
    });
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  async publish(topic: string, payload: unknown, entity_id = '1'): Promise<number> {
    const response = await fetch(`${this.url}/api/publish`, {
      method: 'POST',
      headers: { authorization: 'Bearer dev' },
      body: JSON.stringify({ topic, event: 'UPDATED', data: { entity_id, payload } }),
    });
    if (!response.ok) throw new Error(`publish: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { seq: number }).seq;
  }

  /** The sessions that the server has open, by its own count. */
  async sessions(): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return Number(/^tidings_sessions (\d+)/m.exec(text)?.[1]);
  }

  /** Ends it without a word, as a power cut would. */
  async kill(): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** A network: everything passes through, until told otherwise. */
export class Network {
  private readonly server: Server;
  private readonly pairs = new Set<[Socket, Socket]>();
  private isBlack = false;

  /** @param port - Where the server is; asked at each connection, since a restart changes it. */
  constructor(port: () => number) {
    this.server = createServer((near) => {
      const far = connect(port(), '127.0.0.1');
      const pair: [Socket, Socket] = [near, far];
      this.pairs.add(pair);
      for (const [from, to] of [pair, [far, near]] as [Socket, Socket][]) {
        from.on('data', (chunk) => void (this.isBlack || to.write(chunk)));
        from.on('error', () => {});
        from.on('close', () => {
          to.destroy();
          this.pairs.delete(pair);
        });
      }
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}/ws`;
  }

  /** Resets every connection. */
  cut(): void {
    for (const [near] of this.pairs) near.resetAndDestroy();
  }

  /** Swallows everything on the connections of now; new ones work after `heal()`. */
  blackHole(): void {
    this.isBlack = true;
  }

  heal(): void {
    this.isBlack = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
