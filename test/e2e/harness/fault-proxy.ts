import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect } from '@playwright/test';

import { freePort } from './giftboard';

/** What `make bin/toxiproxy` makes. */
const binary = fileURLToPath(new URL('../../../bin/toxiproxy', import.meta.url));

/** How long the proxy may take to start, or to end, in milliseconds. */
const patienceMs = 20_000;

/** Something that can be wrong with a network. */
interface Toxic {
  type: string;
  stream: 'upstream' | 'downstream';
  attributes: Record<string, number>;
}

const both = (type: string, attributes: Record<string, number>): Toxic[] => [
  { type, stream: 'upstream', attributes },
  { type, stream: 'downstream', attributes },
];

/** What a line does to what goes over it. Without toxics it is down: nothing gets in, all is cut. */
const faults = {
  'slow to answer': both('latency', { latency: 150, jitter: 120 }),
  narrow: both('bandwidth', { rate: 12 }),
  'cut into crumbs': both('slicer', { average_size: 24, size_variation: 16, delay: 100 }),
  'reset by the peer': both('reset_peer', { timeout: 0 }),
  'reset after a moment': both('reset_peer', { timeout: 400 }),
  'swallowing what is sent': both('timeout', { timeout: 0 }).slice(0, 1),
  'swallowing what is received': both('timeout', { timeout: 0 }).slice(1),
  'a black hole': both('timeout', { timeout: 0 }),
  'cut in the middle of an answer': both('limit_data', { bytes: 700 }).slice(1),
  down: [],
} satisfies Record<string, Toxic[]>;

export type Fault = keyof typeof faults;

export const everyFault = Object.keys(faults) as Fault[];

/** A toxiproxy process: a network between browsers and a server that fails on request. */
export class FaultProxy {
  private constructor(
    private readonly process: ChildProcess,
    private readonly api: string,
  ) {}

  static async start(seed: number): Promise<FaultProxy> {
    if (!existsSync(binary)) throw new Error(`${binary} is missing: make bin/toxiproxy`);
    const port = String(await freePort());
    const args = ['-host', '127.0.0.1', '-port', port, '-seed', String(seed)];
    const api = `http://127.0.0.1:${port}`;
    const proxy = new FaultProxy(spawn(binary, args, { stdio: 'ignore' }), api);
    const answers = () =>
      fetch(`${api}/version`).then(
        ({ ok }) => ok,
        () => false,
      );
    await expect.poll(answers, { timeout: patienceMs }).toBe(true);
    return proxy;
  }

  /** Lays a line of its own to a server. */
  async line(name: string, server: string): Promise<Line> {
    const upstream = `127.0.0.1:${new URL(server).port}`;
    const proxy = { name, listen: '127.0.0.1:0', upstream, enabled: true };
    const { listen } = (await this.post('/proxies', proxy)) as { listen: string };
    return new Line(`http://localhost:${listen.split(':').at(-1)}`, name, this);
  }

  async dispose(): Promise<void> {
    const exited = once(this.process, 'exit', { signal: AbortSignal.timeout(patienceMs) });
    this.process.kill('SIGKILL');
    await exited;
  }

  /** Speaks to the proxy, which it answers with JSON or with nothing. */
  async post(path: string, body: object): Promise<unknown> {
    return this.ask('POST', path, JSON.stringify(body));
  }

  async delete(path: string): Promise<void> {
    await this.ask('DELETE', path);
  }

  private async ask(method: string, path: string, body?: string): Promise<unknown> {
    const response = await fetch(
      this.api + path,
      body === undefined ? { method } : { method, body },
    );
    const text = await response.text();
    if (!response.ok) throw new Error(`toxiproxy answered ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

/** One person's way to the server. */
export class Line {
  private toxics: string[] = [];

  constructor(
    /** The server's address over this line. */
    readonly url: string,
    private readonly name: string,
    private readonly proxy: FaultProxy,
  ) {}

  /** Lets a fault begin, for what is connected already too. */
  async fail(fault: Fault): Promise<void> {
    if (fault === 'down') await this.proxy.post(this.path, { enabled: false });
    for (const { type, stream, attributes } of faults[fault]) {
      const name = `${type}-${stream}`;
      const toxic = { name, type, stream, toxicity: 1, attributes };
      await this.proxy.post(`${this.path}/toxics`, toxic);
      this.toxics.push(name);
    }
  }

  /** Ends the fault: what a fault has swallowed stays lost, what it has cut stays cut. */
  async mend(): Promise<void> {
    for (const name of this.toxics) await this.proxy.delete(`${this.path}/toxics/${name}`);
    this.toxics = [];
    await this.proxy.post(this.path, { enabled: true });
  }

  private get path(): string {
    return `/proxies/${this.name}`;
  }
}
