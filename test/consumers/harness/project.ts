import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The packages that a consumer with React installs. */
const REACT = ['@tidings/client', '@tidings/query', '@tidings/react'];

/** What a template may hold that does not belong to it. */
const leftovers = new Set(['node_modules', '.next', 'dist', 'next-env.d.ts', '.env.local']);

/** How long a server may take to say that it listens, in milliseconds. */
const patienceMs = 120_000;

const environment = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', CI: 'true' };

/** What of a tool's package.json says where its scripts are. */
interface Manifest {
  bin: string | Record<string, string>;
}

/** A project outside of this repository, with the packages installed from their tarballs. */
export class Project {
  private serving: ChildProcess | undefined;

  private constructor(readonly folder: string) {}

  /**
   * Copies a project and installs it, the packages as they would be published.
   *
   * @param names - The files and folders of the template that are wanted; all by default.
   * @param packages - The packages under test.
   */
  static async install(
    template: string,
    names: readonly string[] = [''],
    packages = REACT,
  ): Promise<Project> {
    const folder = await mkdtemp(path.join(tmpdir(), 'consumer-'));
    const project = new Project(folder);
    for (const name of names) await project.copy(path.join(template, name), name);
    await pack(folder, packages);
    await run('npm', ['install', '--prefer-offline'], { cwd: folder, env: environment });
    return project;
  }

  /** Copies a file or folder of this repository into the project. */
  async copy(from: string, to = ''): Promise<void> {
    await cp(path.join(root, from), path.join(this.folder, to), {
      recursive: true,
      filter: (file) => !leftovers.has(path.basename(file)),
    });
  }

  /** Writes a file of the project. */
  async write(name: string, text: string): Promise<void> {
    const file = path.join(this.folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  /** Runs one of the project's tools to its end; returns what it printed. */
  async run(tool: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    const options = { cwd: this.folder, env: { ...environment, ...env } };
    try {
      const { stdout, stderr } = await run(
        process.execPath,
        [await this.pathOf(tool), ...args],
        options,
      );
      return stdout + stderr;
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      throw new Error(`${tool} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
    }
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
    const { bin } = JSON.parse(await readFile(file, 'utf8')) as Manifest;
    const script = typeof bin === 'string' ? bin : bin[tool];
    if (script === undefined) throw new Error(`${tool} has no script of its name`);
    return path.join(path.dirname(file), script);
  }
}

/** Packs the packages into a project, and makes it depend on the tarballs. */
async function pack(folder: string, packages: readonly string[]): Promise<void> {
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
