// A Vite page from packed packages, with the guide's settings, built and in development.

import { expect, test } from '@playwright/test';

import { blocks, fileOf } from '../../../scripts/extract-guide.mjs';
import { freePort } from '../../e2e/harness/giftboard';
import { Hub } from '../harness/hub';
import { Project } from '../harness/project';

let project: Project;
let hub: Hub;
let port: number;
let env: { NEXT_PUBLIC_WS_URL: string };

test.beforeAll(async () => {
  port = await freePort();
  hub = await Hub.start(`http://localhost:${port}`);
  env = { NEXT_PUBLIC_WS_URL: hub.socketUrl };
  project = await Project.install('test/consumers/vite');
  const config = blocks().find((block) => fileOf(block) === 'app/vite.config.js');
  await project.write('vite.config.js', config?.code ?? '');
});
test.afterEach(() => project.stop());
test.afterAll(async () => {
  await project.dispose();
  await hub.stop();
});

for (const isBuilt of [true, false]) {
  test(`connects to NEXT_PUBLIC_WS_URL, ${isBuilt ? 'built' : 'in development'}`, async ({
    page,
  }) => {
    if (isBuilt) await project.run('vite', ['build'], env);
    const at = ['--port', String(port), '--strictPort', '--host', 'localhost'];
    await project.serve('vite', [...(isBuilt ? ['preview'] : ['dev']), ...at], env, /localhost:/);

    const socket = page.waitForEvent('websocket', (each) => each.url() === env.NEXT_PUBLIC_WS_URL);
    await page.goto(`http://localhost:${port}`);
    await socket;
    await expect(page.getByRole('status')).toHaveText(/Connected/);
    const reads = page.getByTestId('reads');
    // The first read, and the one that the subscription's answer asks for.
    await expect(reads).toHaveText('2');
    await hub.publish('reads:1');
    await expect(reads).toHaveText('3');
  });
}
