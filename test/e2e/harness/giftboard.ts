import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import type { Account } from './api';

/** What `make build` makes: the UI is inside. */
const binary = fileURLToPath(new URL('../../../bin/giftboard', import.meta.url));

/** How long a start or a clean stop may take, in milliseconds. */
const patienceMs = 20_000;

/** One giftboard process after another on the same port and data. */
export class Giftboard {
  private process: ChildProcess | undefined;
  private output = '';

  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly flags: readonly string[] = [],
  ) {}

  /** Starts a server on an empty data folder, on a port of its own unless told one. */
  static async start(port?: number, flags?: readonly string[]): Promise<Giftboard> {
    const folder = await mkdtemp(path.join(tmpdir(), 'giftboard-'));
    const giftboard = new Giftboard(folder, port ?? (await freePort()), flags);
    await giftboard.run('serve');
    return giftboard;
  }

  /** Starts a server with the sample family. */
  static async demo(): Promise<Giftboard> {
    const folder = await mkdtemp(path.join(tmpdir(), 'giftboard-'));
    const giftboard = new Giftboard(folder, await freePort());
    await giftboard.run('demo');
    return giftboard;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** What the server has printed, logs included. */
  get printed(): string {
    return this.output;
  }

  /** The token of the setup link, which is printed as long as there is no account. */
  get setupToken(): string {
    const token = /\/setup#([A-Za-z0-9_.~-]+)/.exec(this.output)?.[1];
    if (token === undefined) throw new Error(`no setup link was printed:\n${this.output}`);
    return token;
  }

  /** The log-ins of the sample family, as printed: an email and a password each. */
  get demoLogins(): Account[] {
    const printed = this.output.matchAll(/log in as (\S+) with (\S+)/g);
    return [...printed].map(([, email = '', password = '']) => ({ name: '', email, password }));
  }

  /** Ends the process as a crash or a power cut would: without a word. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Starts it again, on the same port and data. */
  async restart(): Promise<void> {
    await this.run('serve');
  }

  /** Stops the process as Ctrl-C would, and tells its exit code. */
  async interrupt(): Promise<number | null> {
    return this.end('SIGINT');
  }

  /** Ends the process and forgets its data. */
  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async run(command: 'serve' | 'demo'): Promise<void> {
    if (!existsSync(binary)) throw new Error(`${binary} is missing: make build-giftboard`);
    const args = [command, '--addr', `127.0.0.1:${this.port}`, '--data', this.folder];
    args.push(...this.flags);
    const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = child;
    await this.listening(child, child.stdout, child.stderr);
  }

  /** Collects what the process prints, and waits for the line with its address. */
  private async listening(child: ChildProcess, ...streams: Readable[]): Promise<void> {
    const before = this.output.length;
    const listening = new Promise<void>((resolve, reject) => {
      for (const stream of streams) {
        stream.on('data', (chunk: Buffer) => {
          this.output += chunk.toString();
          if (/https?:\/\/\S+/.test(this.output.slice(before))) resolve();
        });
      }
      child.once('exit', () => reject(new Error(`giftboard exited:\n${this.output}`)));
    });
    const late = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    await listening.finally(() => clearTimeout(late));
  }

  private async end(signal: 'SIGKILL' | 'SIGINT'): Promise<number | null> {
    const child = this.process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return null;
    const exited = once(child, 'exit', { signal: AbortSignal.timeout(patienceMs) });
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }
}

/** A port that nobody listens on. */
export /** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  server.close();
  await once(server, 'close');
  return address.port;
}
