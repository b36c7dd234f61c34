import type { Browser } from '@playwright/test';

import type { Window } from './window';

/** A browser of its own, on a machine that can be put to sleep. */
export class Sleeper {
  private constructor(
    private readonly processes: readonly number[],
    readonly window: Window,
  ) {}

  static async of(browser: Browser, window: Window): Promise<Sleeper> {
    const devtools = await browser.newBrowserCDPSession();
    const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
    return new Sleeper(
      processInfo.map(({ id }) => id),
      window,
    );
  }

  /** Lets the browser stand still with all its processes, while the world goes on. */
  sleep(): void {
    for (const id of this.processes) process.kill(id, 'SIGSTOP');
  }

  /** Lets it go on, with nobody telling the page. */
  goOn(): void {
    for (const id of this.processes) process.kill(id, 'SIGCONT');
  }

  /**
   * Lets it go on, and brings the tab to the front: Playwright keeps pages from
   * being hidden, so that the event which tells them has to be made by hand.
   */
  async wakeUp(): Promise<void> {
    this.goOn();
    await this.window.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  }
}
