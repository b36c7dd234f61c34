import type { CDPSession, Page } from '@playwright/test';

interface Point {
  x: number;
  y: number;
}

/** A finger on the screen, as the browser's own input pipeline sees it. */
export class Touch {
  private constructor(private readonly browser: CDPSession) {}

  static async of(page: Page): Promise<Touch> {
    return new Touch(await page.context().newCDPSession(page));
  }

  /** Puts the finger down. */
  async press(at: Point): Promise<void> {
    await this.send('touchStart', [at]);
  }

  /** Draws the finger over the screen in steps. */
  async move(from: Point, to: Point, steps: number): Promise<void> {
    for (let step = 1; step <= steps; step++) {
      const part = step / steps;
      const at = { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
      await this.send('touchMove', [at]);
    }
  }

  /** Takes the finger off. */
  async lift(): Promise<void> {
    await this.send('touchEnd', []);
  }

  private async send(
    type: 'touchStart' | 'touchMove' | 'touchEnd',
    touchPoints: Point[],
  ): Promise<void> {
    await this.browser.send('Input.dispatchTouchEvent', { type, touchPoints });
  }
}
