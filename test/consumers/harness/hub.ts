import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What `make build` makes. */
const binary = fileURLToPath(new URL('../../../bin/tidings', import.meta.url));

/** The stand-alone hub. */
export class Hub {
  /** All that it has logged. */
  log = '';

  private constructor(
    private readonly process: ChildProcess,
    private readonly key: string,
  ) {
    process.stderr?.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
  }

  /** For development: anybody may read. */
  static start(allowedOrigin: string): Promise<Hub> {
    return Hub.serve(['--dev', '--allowed-origin', allowedOrigin]);
  }

  /**
   * With flags of one's own.
   *
   * @param ready - What it logs when it is there.
   */
  static async serve(flags: string[], key = 'dev', ready = /url=(\S+)/): Promise<Hub> {
    const args = ['serve', '--addr', '127.0.0.1:0', ...flags];
    const hub = new Hub(spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe'] }), key);
    await hub.logged(ready);
    return hub;
  }

  /** Waits until it has logged something, or has ended. */
  async logged(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.log)) {
      const end = new AbortController();
      const [more, ended] = [
        once(this.process.stderr!, 'data', end).then(() => false),
        once(this.process, 'exit', end).then(() => true),
      ];
      const isOver = await Promise.race([more, ended]);
      end.abort();
      await Promise.allSettled([more, ended]);
      if (isOver && !pattern.test(this.log)) throw new Error(`the hub ended:\n${this.log}`);
    }
  }

  get url(): string {
    return /url=(\S+)/.exec(this.log)?.[1] ?? '';
  }

  /** Where its WebSocket is. */
  get socketUrl(): string {
    return `${this.url.replace('http', 'ws')}/ws`;
  }

  /** Publishes an event without much in it. */
  async publish(topic: string): Promise<void> {
    await this.post('publish', { topic, event: 'UPDATED', data: { entity_id: '1', payload: {} } });
  }

  /** Asks something of its API. */
  async post(what: string, body: object): Promise<void> {
    const response = await fetch(`${this.url}/api/${what}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.key}` },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${what}: ${response.status} ${await response.text()}`);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const exited = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exited;
  }
}
