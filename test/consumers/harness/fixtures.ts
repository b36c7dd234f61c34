import { test as base, expect, type Browser } from '@playwright/test';

import { Member, type List } from '../../e2e/harness/api';
import { Complaints } from '../../e2e/harness/complaints';
import { annasAccount, bensAccount } from '../../e2e/harness/fixtures';
import { freePort, Giftboard } from '../../e2e/harness/giftboard';

import { Example } from './example';
import { Project } from './project';

/** Where the app and its servers are: known before the build, which writes them into the page. */
interface Places {
  appPort: number;
  app: string;
  giftboardPort: number;
  /** What the build and the app's server are told. */
  env: { GIFTBOARD_URL: string; NEXT_PUBLIC_WS_URL: string };
}

interface Shared {
  places: Places;
  /** The Next.js example, installed elsewhere with the packages from their tarballs. */
  next: Project;
}

interface Fixtures {
  complaints: Complaints;
  giftboard: Giftboard;
  family: { anna: Member; ben: Member; list: List };
  /** Opens the example in a browser of its own. */
  open: () => Promise<Example>;
}

export const test = base.extend<Fixtures, Shared>({
  places: [
    async ({}, use) => {
      const [appPort, giftboardPort] = [await freePort(), await freePort()];
      const giftboard = `127.0.0.1:${giftboardPort}`;
      await use({
        appPort,
        app: `http://localhost:${appPort}`,
        giftboardPort,
        env: { GIFTBOARD_URL: `http://${giftboard}`, NEXT_PUBLIC_WS_URL: `ws://${giftboard}/ws` },
      });
    },
    { scope: 'worker' },
  ],

  next: [
    async ({}, use) => {
      const project = await Project.install('examples/nextjs');
      await use(project);
      await project.dispose();
    },
    { scope: 'worker', timeout: 5 * 60_000 },
  ],

  complaints: async ({}, use) => {
    const complaints = new Complaints();
    // A page that nobody is logged in to asks, and hears so. Browsers report each 401.
    complaints.expect(/status of 401 .*\/api\/v1\/auth\/refresh/);
    await use(complaints);
    expect(complaints.unexpected, 'the browser complained').toEqual([]);
  },

  giftboard: async ({ places }, use) => {
    const flags = ['--allowed-origins', places.app];
    const giftboard = await Giftboard.start(places.giftboardPort, flags);
    await use(giftboard);
    await giftboard.dispose();
  },

  family: async ({ giftboard }, use) => {
    const anna = await Member.setUp(giftboard.url, giftboard.setupToken, annasAccount);
    const ben = await Member.join(giftboard.url, (await anna.invite()).token, bensAccount);
    const list = await anna.createList({ name: 'Christmas' });
    await anna.addItem(list.id, 'Kite');
    await anna.addItem(list.id, 'Socks');
    await use({ anna, ben, list });
  },

  open: async ({ browser, places, complaints }, use) => {
    const opened: Example[] = [];
    await use(async () => {
      const example = await openExample(browser, places.app, complaints);
      opened.push(example);
      return example;
    });
    for (const example of opened) await example.page.context().close();
  },
});

async function openExample(
  browser: Browser,
  baseURL: string,
  complaints: Complaints,
): Promise<Example> {
  const context = await browser.newContext({ baseURL });
  complaints.listenTo(context);
  return new Example(await context.newPage());
}

export { expect };
