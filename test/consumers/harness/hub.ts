import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What `make build` makes. */
const binary = fileURLToPath(new URL('../../../bin/tidings', import.meta.url));

/** The stand-alone hub, for development: anybody may read. */
export class Hub {
  private constructor(
    private readonly process: ChildProcess,
    readonly url: string,
  ) {}

  static async start(allowedOrigin: string): Promise<Hub> {
    const args = ['serve', '--dev', '--addr', '127.0.0.1:0', '--allowed-origin', allowedOrigin];
    const child = spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const url = await new Promise<string>((resolve, reject) => {
      let output = '';
      child.stderr.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const [, found] = /url=(\S+)/.exec(output) ?? [];
        if (found !== undefined) resolve(found);
      });
      child.once('exit', () => reject(new Error(`the hub ended:\n${output}`)));
    });
    return new Hub(child, url);
  }

  /** Publishes an event without much in it. */
  async publish(topic: string): Promise<void> {
    const response = await fetch(`${this.url}/api/publish`, {
      method: 'POST',
      headers: { Authorization: 'Bearer dev' },
      body: JSON.stringify({ topic, event: 'UPDATED', data: { entity_id: '1', payload: {} } }),
    });
    if (!response.ok) throw new Error(`publishing: ${response.status} ${await response.text()}`);
  }

  async stop(): Promise<void> {
    const exited = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exited;
  }
}
