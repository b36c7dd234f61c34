import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The packages under test. */
const packages = ['@tidings/client', '@tidings/query', '@tidings/react'];

/** What a template may hold that does not belong to it. */
const leftovers = new Set(['node_modules', '.next', 'dist', 'next-env.d.ts', '.env.local']);

/** How long a server may take to say that it listens, in milliseconds. */
const patienceMs = 120_000;

const environment = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', CI: 'true' };

/** A project outside of this repository, with the packages installed from their tarballs. */
export class Project {
  private serving: ChildProcess | undefined;

  private constructor(private readonly folder: string) {}

  /** Copies a project and installs it, the packages as they would be published. */
  static async install(template: string): Promise<Project> {
    const folder = await mkdtemp(path.join(tmpdir(), 'consumer-'));
    await cp(path.join(root, template), folder, {
      recursive: true,
      filter: (file) => !leftovers.has(path.basename(file)),
    });
    await pack(folder);
    await run('npm', ['install', '--prefer-offline'], { cwd: folder, env: environment });
    return new Project(folder);
  }

  /** Runs one of the project's tools to its end. */
  async run(tool: string, args: string[], env: NodeJS.ProcessEnv): Promise<void> {
    const options = { cwd: this.folder, env: { ...environment, ...env } };
    await run(process.execPath, [await this.pathOf(tool), ...args], options);
  }

  /** Starts one of the project's tools that serves, and waits until it says so. */
  async serve(tool: string, args: string[], env: NodeJS.ProcessEnv, said: RegExp): Promise<void> {
    // Development servers have children: a group of their own ends them together.
    const child = spawn(process.execPath, [await this.pathOf(tool), ...args], {
      cwd: this.folder,
      env: { ...environment, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.serving = child;
    let output = '';
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${tool} is late:\n${output}`)), patienceMs);
      const hear = (chunk: Buffer) => {
        output += chunk.toString();
        if (!said.test(output)) return;
        clearTimeout(late);
        resolve();
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('exit', () => reject(new Error(`${tool} ended:\n${output}`)));
    });
  }

  /** Ends what serve started. */
  async stop(): Promise<void> {
    const child = this.serving;
    this.serving = undefined;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    process.kill(-child.pid, 'SIGKILL');
    await closed;
  }

  async dispose(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The script of a tool, by the name that npx knows it by. */
  private async pathOf(tool: string): Promise<string> {
    const file = path.join(this.folder, 'node_modules', tool, 'package.json');
    const { bin } = JSON.parse(await readFile(file, 'utf8')) as { bin: Record<string, string> };
    return path.join(path.dirname(file), bin[tool] ?? '');
  }
}

/** Packs the packages into a project, and makes it depend on the tarballs. */
async function pack(folder: string): Promise<void> {
  const args = ['pack', '--json', '--pack-destination', folder];
  const { stdout } = await run('npm', [...args, ...packages.flatMap((name) => ['-w', name])], {
    cwd: root,
  });
  const packed = JSON.parse(stdout) as { name: string; filename: string }[];
  const file = path.join(folder, 'package.json');
  const project = JSON.parse(await readFile(file, 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const { name, filename } of packed) project.dependencies[name] = `file:${filename}`;
  await writeFile(file, JSON.stringify(project, null, 2));
}
