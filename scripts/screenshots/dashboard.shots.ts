import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { type Browser, type Page, expect, test } from '@playwright/test';

import { Member } from '../../test/e2e/harness/api';
import { desktop, phone } from '../../test/e2e/harness/browser';
import { Giftboard } from '../../test/e2e/harness/giftboard';
import { Window } from '../../test/e2e/harness/window';
import { sideBySide } from './compose';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readmePicture = path.join(root, 'docs/images/board.png');
const review = path.join(root, 'tmp/screenshots');

/** The size of each of the two windows in the README's picture. */
const half = { width: 1120, height: 620 };

let giftboard: Giftboard;
let planners: Member[];

test.beforeAll(async () => {
  giftboard = await Giftboard.demo();
  planners = await Promise.all(
    giftboard.demoLogins.map((account) => Member.logIn(giftboard.url, account)),
  );
  await mkdir(review, { recursive: true });
  await mkdir(path.dirname(readmePicture), { recursive: true });
});

test.afterAll(() => giftboard.dispose());

test('two windows for the README', async ({ browser }) => {
  const [ann, ben] = planners as [Member, Member];
  const list = await sharedList(ann, ben);
  const here = await openWindow(browser, ann, half);
  const there = await openWindow(browser, ben, half);
  const board = await here.openBoard(list);
  const theirBoard = await there.openBoard(list);
  await expect(
    board
      .column('idea')
      .getByTestId(/^card-/)
      .first(),
  ).toBeVisible();
  const { idea } = await board.columns();
  const [gift, next] = idea;
  if (gift === undefined || next === undefined) throw new Error('the sample family lacks ideas');

  // One moves a card, and the other hears of it; then the other has one in their hand.
  await board.moveByMenu(gift, 'Selected');
  for (const { page } of [here, there]) {
    await expect(page.getByRole('status').filter({ hasText: gift })).toBeVisible();
  }
  await expect(board.watchers).toHaveCount(1);
  await theirBoard.lift(next);
  await there.page.keyboard.press('ArrowRight');
  await expect(board.holder(next)).toBeVisible();
  const picture = await sideBySide(browser, [
    { title: `Tidings — ${ann.name}`, page: await settledPicture(here.page) },
    { title: `Tidings — ${ben.name}`, page: await settledPicture(there.page) },
  ]);
  await writeFile(readmePicture, picture);
  await here.close();
  await there.close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const viewport of [desktop, phone]) {
    test(`every page, ${colorScheme}, ${viewport.width} px`, async ({ browser }) => {
      const [ann, ben] = planners as [Member, Member];
      const list = await sharedList(ann, ben);
      const window = await openWindow(browser, ann, viewport, colorScheme);
      const pages = { home: '/', lists: '/lists', board: `/lists/${list}`, people: '/people' };
      const more = { occasions: '/occasions', gifts: '/gifts', family: '/family' };
      for (const [name, address] of Object.entries({ ...pages, ...more })) {
        await window.page.goto(address);
        await expect(window.page.getByRole('heading').first()).toBeVisible();
        const file = `${name}-${viewport.width}-${colorScheme}.png`;
        await writeFile(path.join(review, file), await settledPicture(window.page));
      }
      const other = await openWindow(browser, ben, viewport, colorScheme);
      for (const [name, show] of Object.entries(dialogs)) {
        const { page } = name === 'wish' ? other : window;
        await show(page, list);
        await expect(page.getByRole('dialog')).toBeVisible();
        const file = `${name}-${viewport.width}-${colorScheme}.png`;
        await writeFile(path.join(review, file), await settledPicture(page));
      }
      await other.close();
      await window.close();
      const stranger = await openWindow(browser, undefined, viewport, colorScheme);
      await stranger.page.goto('/login');
      await expect(stranger.page.getByRole('button', { name: 'Log in' })).toBeVisible();
      const file = `login-${viewport.width}-${colorScheme}.png`;
      await writeFile(path.join(review, file), await settledPicture(stranger.page));
      await stranger.close();
    });
  }
}

/** Dialogs worth a look, and how to get to each; Ben plans the list on which Ann wishes. */
const dialogs: Record<string, (page: Page, list: string) => Promise<void>> = {
  'add-card': async (page, list) => {
    await page.goto(`/lists/${list}`);
    await page.getByRole('button', { name: 'Add a gift' }).filter({ visible: true }).click();
  },
  'pick-gift': async (page) => {
    await page.getByRole('tab', { name: 'Pick an existing gift' }).click();
    await page.getByRole('button', { name: /^Add / }).first().click();
  },
  card: async (page, list) => {
    await page.goto(`/lists/${list}`);
    await page
      .getByTestId(/^card-/)
      .getByRole('button', { name: /, for / })
      .first()
      .click();
  },
  wish: async (page) => {
    await page.goto('/lists');
    await page
      .getByRole('link', { name: /wishlist/ })
      .first()
      .click();
    await page
      .getByTestId(/^card-/)
      .getByRole('button', { name: /, wish/ })
      .first()
      .click();
  },
  invite: async (page) => {
    await page.goto('/family?invite=true');
    await page.getByRole('radio', { name: /Edith/ }).check();
    await expect(page.getByRole('region', { name: /will see/ })).toBeVisible();
  },
};

/** The fullest list that both of them plan. */
async function sharedList(one: Member, other: Member): Promise<string> {
  const [ones, others] = await Promise.all([one.lists(), other.lists()]);
  const planned = ones
    .filter(({ access }) => access === 'planner')
    .filter(({ id }) => others.some((list) => list.id === id && list.access === 'planner'))
    .sort((a, b) => b.item_count - a.item_count);
  const fullest = planned[0];
  if (fullest === undefined) throw new Error('the two plan no list together');
  return fullest.id;
}

async function openWindow(
  browser: Browser,
  member: Member | undefined,
  viewport: { width: number; height: number },
  colorScheme: 'light' | 'dark' = 'light',
): Promise<Window> {
  const context = await browser.newContext({
    baseURL: giftboard.url,
    viewport,
    colorScheme,
    locale: 'en-GB',
    deviceScaleFactor: viewport === phone ? 2 : 1,
    reducedMotion: 'reduce',
  });
  const window = new Window(context, await context.newPage());
  if (member !== undefined) await window.logIn(member);
  return window;
}

/** A picture of the page once it has loaded everything. */
async function settledPicture(page: Page): Promise<Buffer> {
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => document.fonts.ready);
  return page.screenshot({ type: 'png' });
}
