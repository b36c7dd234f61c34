import { type Locator, type Page, expect } from '@playwright/test';

import type { Member, Status } from '../../e2e/harness/api';
import { Frames } from '../../e2e/harness/frames';

/** The Next.js example in a browser. */
export class Example {
  /** Every WebSocket frame of the page, from its first connection on. */
  readonly frames: Frames;
  /** The state of the connection, in words. */
  readonly indicator: Locator;
  readonly alert: Locator;

  constructor(readonly page: Page) {
    this.frames = new Frames(page);
    this.indicator = page.getByRole('banner').getByRole('status').last();
    this.alert = page.getByRole('main').getByRole('alert');
  }

  /** Logs in by the form. */
  async logIn(member: Member): Promise<void> {
    await this.page.goto('/');
    await this.page.getByLabel('Email').fill(member.account.email);
    await this.page.getByLabel('Password').fill(member.account.password);
    await this.page.getByRole('button', { name: 'Log in' }).click();
    await expect(this.page.getByText(member.name)).toBeVisible();
  }

  /** Goes to the board of a list, by the links, and waits until it is live. */
  async openBoard(name: string): Promise<void> {
    await this.page.getByRole('link', { name, exact: true }).click();
    await expect(this.indicator).toHaveText(/Connected/);
    await this.isLive('list-items');
  }

  /** Waits until the page has subscribed to a topic of a kind, as often as asked. */
  async isLive(kind: string, times = 1): Promise<void> {
    const answers = () =>
      this.frames.control('subscribed').filter(({ topic }) => String(topic).startsWith(`${kind}:`));
    await expect.poll(() => answers().length).toBeGreaterThanOrEqual(times);
  }

  column(status: Status): Locator {
    return this.page.getByRole('region', { name: status, exact: true }).locator('li > span');
  }

  async move(gift: string, status: Status): Promise<void> {
    await this.page.getByLabel(`Move ${gift}`).selectOption(status);
  }
}
