import { test as base, expect, type Browser, type BrowserContextOptions } from '@playwright/test';

import { type Account, type List, Member } from './api';
import { browserUse, desktop } from './browser';
import { Complaints } from './complaints';
import { Giftboard } from './giftboard';
import { Sleeper } from './sleeper';
import { Window } from './window';

export const annasAccount: Account = {
  name: 'Anna Winter',
  email: 'anna@example.test',
  password: 'correct horse battery',
};

export const bensAccount: Account = {
  name: 'Ben Winter',
  email: 'ben@example.test',
  password: 'staple battery horse',
};

/** A family of two, and the list they plan together. */
export interface Family {
  anna: Member;
  ben: Member;
  list: List;
}

interface Fixtures {
  /** A server of this test's own, on an empty data folder. */
  giftboard: Giftboard;
  /** What the browsers complain of; a test ends well only without. */
  complaints: Complaints;
  /** Anna set the server up and invited Ben, and they have an empty list. */
  family: Family;
  /** Opens a browser of its own: with a member logged in, or with nobody. */
  open: (member: Member | undefined, options?: BrowserContextOptions) => Promise<Window>;
  /** Opens a browser that can be put to sleep, with a member logged in. */
  openSleeper: (member: Member, options?: BrowserContextOptions) => Promise<Sleeper>;
}

export const test = base.extend<Fixtures>({
  giftboard: async ({}, use) => {
    const giftboard = await Giftboard.start();
    await use(giftboard);
    await giftboard.dispose();
  },

  complaints: async ({}, use) => {
    const complaints = new Complaints();
    await use(complaints);
    expect(complaints.unexpected, 'the browser complained').toEqual([]);
  },

  family: async ({ giftboard }, use) => {
    const anna = await Member.setUp(giftboard.url, giftboard.setupToken, annasAccount);
    const invite = await anna.invite();
    const ben = await Member.join(giftboard.url, invite.token, bensAccount);
    const list = await anna.createList({ name: 'Christmas for Grandma' });
    await use({ anna, ben, list });
  },

  openSleeper: async ({ playwright, giftboard, complaints }, use) => {
    const opened: { browser: Browser; sleeper: Sleeper }[] = [];
    await use(async (member, options) => {
      const browser = await playwright.chromium.launch(browserUse.launchOptions);
      const window = await openWindow(browser, giftboard, complaints, options);
      await window.logIn(member);
      const sleeper = await Sleeper.of(browser, window);
      opened.push({ browser, sleeper });
      return sleeper;
    });
    for (const { browser, sleeper } of opened) {
      sleeper.goOn();
      await browser.close();
    }
  },

  open: async ({ browser, giftboard, complaints }, use) => {
    const opened: Window[] = [];
    await use(async (member, options) => {
      const window = await openWindow(browser, giftboard, complaints, options);
      opened.push(window);
      if (member !== undefined) await window.logIn(member);
      return window;
    });
    for (const window of opened) await window.close();
  },
});

async function openWindow(
  browser: Browser,
  giftboard: Giftboard,
  complaints: Complaints,
  options: BrowserContextOptions = {},
): Promise<Window> {
  const context = await browser.newContext({
    viewport: desktop,
    baseURL: giftboard.url,
    ...options,
  });
  complaints.listenTo(context);
  return new Window(context, await context.newPage());
}

export { expect };
