import { type BrowserContext, type Page, expect } from '@playwright/test';

import type { Member } from './api';
import { Board } from './board';
import { Frames } from './frames';

/** One person's browser: cookies of its own, and the page in front. */
export class Window {
  /** Every WebSocket frame of the page, from its first connection on. */
  readonly frames: Frames;

  constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    this.frames = new Frames(page);
  }

  /** Gives the browser the member's session, as the log-in page would. */
  async logIn(member: Member): Promise<void> {
    const { email, password } = member.account;
    const answer = await this.context.request.post('/api/v1/auth/login', {
      data: { email, password },
    });
    if (!answer.ok()) throw new Error(`log-in answered ${answer.status()}: ${await answer.text()}`);
  }

  /** Goes to the board of a list and waits until it is live. */
  async openBoard(listId: string): Promise<Board> {
    await this.page.goto(`/lists/${listId}`);
    await this.isLive(listId);
    return new Board(this.page);
  }

  /** Waits until the page has subscribed to the events of a board, as often as asked. */
  async isLive(listId: string, times = 1): Promise<void> {
    const answers = () =>
      this.frames.control('subscribed').filter(({ topic }) => topic === `list-items:${listId}`);
    await expect.poll(() => answers().length).toBeGreaterThanOrEqual(times);
  }

  /** Opens another tab of the same browser. */
  async openTab(): Promise<Window> {
    return new Window(this.context, await this.context.newPage());
  }

  async logOut(): Promise<void> {
    await this.page.getByRole('button', { name: 'Account menu' }).click();
    await this.page.getByRole('menuitem', { name: 'Log out' }).click();
  }

  /** Marks the document, to tell later whether it is still the same one. */
  async mark(): Promise<void> {
    await this.page.evaluate(() => document.documentElement.setAttribute('data-same', 'yes'));
  }

  /** Has the page not been loaded anew since mark? */
  async isTheSame(): Promise<boolean> {
    return (await this.page.locator('html').getAttribute('data-same')) === 'yes';
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
