import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A process that serves, from when it says where until it is stopped. */
export class Serving {
  private constructor(
    private readonly process: ChildProcess,
    /** What it listens on. */
    readonly url: string,
  ) {}

  static async start(command: string, args: string[], cwd: string): Promise<Serving> {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      const hear = (chunk: Buffer) => {
        said += chunk.toString();
        const [url] = /http:\/\/[\w.]+:\d+/.exec(said) ?? [];
        if (url !== undefined) resolve(url);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('exit', (code) => reject(new Error(`${command} ended with ${code}: ${said}`)));
    });
    return new Serving(child, url);
  }

  async stop(): Promise<void> {
    const { pid, exitCode } = this.process;
    if (pid === undefined || exitCode !== null) return;
    const exited = once(this.process, 'exit');
    process.kill(-pid, 'SIGKILL');
    await exited;
  }
}
