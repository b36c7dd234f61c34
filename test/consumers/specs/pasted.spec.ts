// The document's blocks, pasted into a Next.js app with the changes of the guide's table alone.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@playwright/test';

import { blocks as guideBlocks, fileOf } from '../../../scripts/extract-guide.mjs';
import { Frames } from '../../e2e/harness/frames';
import { freePort } from '../../e2e/harness/giftboard';
import { Hub } from '../harness/hub';
import { BLOCKS, fromPackage, pastes } from '../harness/pasted';
import { Project } from '../harness/project';

/** Of the example all but its code. */
const SHELL = ['.npmrc', 'next.mjs', 'package.json', 'package-lock.json', 'tsconfig.json'];

/** What the document takes for granted is as the guide has it. */
const FOUNDATION = [
  'lib/api/types.ts',
  'lib/api/session.ts',
  'lib/api/client.ts',
  'lib/context/AuthContext.tsx',
  'lib/query-client.ts',
  'lib/websocket/index.tsx',
  'hooks/useRealtimeSync.ts',
  'hooks/useListItems.ts',
  'components/websocket/ConnectionIndicator.tsx',
  'app/lists/[id]/page.tsx',
  'app/prefetched/[id]/page.tsx',
];

let project: Project;
let hub: Hub;
let app: string;
let env: { API_URL: string; HUB_URL: string; NEXT_PUBLIC_WS_URL: string };
let port: number;

test.beforeAll(async () => {
  test.setTimeout(5 * 60_000);
  port = await freePort();
  app = `http://localhost:${port}`;
  hub = await Hub.start(app);
  env = { API_URL: app, HUB_URL: hub.url, NEXT_PUBLIC_WS_URL: hub.socketUrl };
  project = await Project.install('examples/nextjs', SHELL);
  await project.copy('test/consumers/seed/app');
  for (const file of FOUNDATION) {
    const block = guideBlocks().find((each) => fileOf(each) === `app/${file}`);
    await project.write(file, block?.code ?? '');
  }
});
test.afterEach(() => project.stop());
test.afterAll(async () => {
  await project.dispose();
  await hub.stop();
});

// Guarantees: B2
test('every block is pasted, and what is changed is what the guide says', () => {
  const all = pastes('ws://hub/ws');
  expect(new Set(all.map(({ block }) => block)).size).toBe(BLOCKS);
  const guide = readFileSync(
    fileURLToPath(new URL('../../../docs/guide.md', import.meta.url)),
    'utf8',
  );
  const section = /### Pasting into Next\.js\n([\s\S]*?)\n### /.exec(guide)?.[1] ?? '';
  const named = Array.from(section.matchAll(/^\| \*\*(.+?)\*\* \|/gm), ([, name = '']) => name);
  const changes = new Set(all.flatMap(({ edits }) => edits.map(({ change }) => change)));
  expect(named.map((name) => name.replaceAll('`', '')).sort()).toEqual([...changes].sort());
});

for (const way of ['own re-exports', 'package']) {
  // Guarantees: B2, B7
  test(`builds and runs, with the ${way}`, async ({ page }) => {
    const isPackage = way === 'package';
    for (const { file, text } of pastes(env.NEXT_PUBLIC_WS_URL)) {
      const pasted = isPackage ? fromPackage(text) : text;
      const others = (all: string) => all.split('\n').filter((line) => !/ from '/.test(line));
      expect(others(pasted), 'only lines that import differ').toEqual(others(text));
      await project.write(file, pasted);
    }
    await project.run('next', ['build', '--turbopack'], env);
    await project.serve('next', ['start', '-p', String(port), '-H', 'localhost'], env, /Ready in/);

    const frames = new Frames(page);
    const isLive = (topic: string, times = 1) =>
      expect
        .poll(() => frames.control('subscribed').filter((each) => each.topic === topic).length)
        .toBeGreaterThanOrEqual(times);
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(`[tidings?] ${error.message}`));
    await page.goto(app);
    if (!isPackage) await page.getByRole('button', { name: 'Log in' }).click();
    await expect(page.getByRole('button', { name: 'connected' })).toBeVisible();
    await expect(page.getByRole('listitem')).toHaveText(['Kite', 'Socks']);

    const change = async (name: string) => {
      const body = JSON.stringify({ name });
      const response = await fetch(`${app}/api/v1/gifts/456`, { method: 'PATCH', body });
      expect(response.status).toBe(200);
    };
    await isLive('gift-list:123');
    await isLive('gift:456');
    await change('Ball');
    await expect(page.getByRole('listitem')).toHaveText(['Ball', 'Socks']);
    await expect(page.getByRole('heading', { name: 'Ball' })).toBeVisible();
    await expect.poll(() => said.some((line) => line.startsWith('Received:'))).toBe(true);
    expect(said.some((line) => line.startsWith('Event:'))).toBe(true);

    await page.goto(`${app}/lists/123`);
    await expect(page.getByText('Ball')).toBeVisible();
    await isLive('list-items:123');
    await change('Book');
    await expect(page.getByText('Book')).toBeVisible();

    // A Server Component reads first: its HTML has the data, and events keep it right.
    const html = await (await page.request.get(`${app}/prefetched/123`)).text();
    expect(html).toContain('Book');
    await page.goto(`${app}/prefetched/123`);
    await isLive('list-items:123', 2);
    await change('Lamp');
    await expect(page.getByText('Lamp')).toBeVisible();

    await page.goto(`${app}/gifts/123`);
    await page.getByRole('button', { name: 'Rename' }).first().click();
    await expect(page.getByText('Dragon')).toBeVisible();
    expect(said.filter((line) => /\[tidings.*(error|warn|TIDINGS|closed)/.test(line))).toEqual([]);
    await isLive('gift-list:123', 2);
    await change('Kite');
    await expect(page.getByText('Kite')).toBeVisible();
  });
}
