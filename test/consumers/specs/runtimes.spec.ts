// The packages where CommonJS is required: Jest, and React Native by way of Metro and Hermes.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createContext, runInContext } from 'node:vm';

import { expect, test } from '@playwright/test';
import { WebSocket } from 'ws';

import { Hub } from '../harness/hub';
import { Project } from '../harness/project';

test.describe('Jest', () => {
  let project: Project;

  test.beforeAll(async () => {
    const packages = ['client', 'query', 'react', 'vue'].map((name) => `@tidings/${name}`);
    project = await Project.install('test/consumers/jest', [''], packages);
  });
  test.afterAll(() => project.dispose());

  for (const config of ['plain.config.cjs', 'next.config.jest.cjs']) {
    // Guarantees: B3
    test(`loads every package with ${config}`, async () => {
      const printed = await project.run('jest', ['--ci', '-c', config], { FORCE_COLOR: '0' });
      expect(printed).toMatch(/Tests: +\d+ passed, \d+ total/);
    });
  }
});

/** What index.js of the app puts into its world. */
interface World {
  start: (url: string) => { shown: () => string; wake: () => void; end: () => void };
}

/** React Native as far as it concerns a package: no page, no `crypto`, no `process`. */
const nativeWorld = () => ({
  WebSocket,
  URL,
  console,
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  setImmediate,
  queueMicrotask,
  MessageChannel,
  performance,
  AbortController,
});

test.describe('React Native', () => {
  let project: Project;
  let hub: Hub;

  test.beforeAll(async () => {
    hub = await Hub.start('http://localhost');
    project = await Project.install('test/consumers/native');
  });
  test.afterAll(async () => {
    await project.dispose();
    await hub.stop();
  });

  for (const mode of ['development', 'production']) {
    // Guarantees: B4
    test(`is bundled by Metro, compiled by Hermes, and live: ${mode}`, async () => {
      const bundle = path.join(project.folder, `${mode}.js`);
      const isDev = String(mode === 'development');
      const to = ['--config', 'metro.config.cjs', '--out', bundle, '--platform', 'ios'];
      await project.run('metro', ['build', 'index.js', ...to, '--dev', isDev, '--minify', 'false']);
      const code = readFileSync(bundle, 'utf8');
      expect(code).not.toContain('import.meta');

      const resolved = createRequire(path.join(project.folder, 'package.json'));
      const hermes = path.dirname(resolved.resolve('hermes-compiler'));
      const hermesc = path.join(hermes, 'hermesc/linux64-bin/hermesc');
      execFileSync(hermesc, ['-w', '-O', '-emit-binary', '-out', `${bundle}.hbc`, bundle]);

      const context = createContext(nativeWorld());
      runInContext(code, context);
      const app = (context as unknown as World).start(hub.socketUrl);
      await expect.poll(app.shown).toMatch(/^live [12]$/);
      const before = app.shown();
      await hub.publish('list-items:1');
      await expect.poll(app.shown).not.toBe(before);
      app.wake();
      expect(app.shown()).toMatch(/^live /);
      app.end();
    });
  }
});
