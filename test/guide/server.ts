import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** What a server says when it is ready: where it is. */
const ADDRESS = /http:\/\/[\w.]+:\d+/;

/** A process that serves, from when it says that it does until it is stopped. */
export class Serving {
  /** All that it has printed. */
  said = '';

  private constructor(private readonly process: ChildProcess) {
    const hear = (chunk: Buffer) => (this.said += chunk.toString());
    process.stdout?.on('data', hear);
    process.stderr?.on('data', hear);
  }

  /** What it listens on. */
  get url(): string {
    return ADDRESS.exec(this.said)?.[0] ?? '';
  }

  /** @param ready - What it prints once it serves. */
  static async start(
    command: string,
    args: string[],
    cwd: string,
    ready = ADDRESS,
  ): Promise<Serving> {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const serving = new Serving(child);
    await new Promise<void>((resolve, reject) => {
      const look = () => ready.test(serving.said) && resolve();
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      child.once('exit', (code) =>
        reject(new Error(`${command} ended with ${code}: ${serving.said}`)),
      );
    });
    return serving;
  }

  async stop(): Promise<void> {
    const { pid, exitCode } = this.process;
    if (pid === undefined || exitCode !== null) return;
    const exited = once(this.process, 'exit');
    process.kill(-pid, 'SIGKILL');
    await exited;
  }
}
