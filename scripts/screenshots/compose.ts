import type { Browser } from '@playwright/test';

/** A window as drawn in a picture: whose it is, and what it shows. */
export interface Shown {
  title: string;
  /** A PNG of the page. */
  page: Buffer;
}

/** Draws two windows side by side, as they would stand on one desk. */
export async function sideBySide(browser: Browser, windows: readonly Shown[]): Promise<Buffer> {
  const context = await browser.newContext({
    viewport: { width: 2000, height: 1400 },
    deviceScaleFactor: 1,
  });
  const page = await context.newPage();
  await page.setContent(
    `<style>${style}</style><main>${windows.map(windowMarkup).join('')}</main>`,
    { waitUntil: 'load' },
  );
  const picture = await page.locator('main').screenshot({ type: 'png' });
  await context.close();
  return picture;
}

function windowMarkup({ title, page }: Shown): string {
  return `<figure><figcaption><i></i><i></i><i></i><span>${title}</span></figcaption>
    <img src="data:image/png;base64,${page.toString('base64')}"></figure>`;
}

const style = `
  body { margin: 0; }
  main { display: inline-flex; gap: 28px; padding: 36px; background: linear-gradient(135deg, #e9e4f5, #fbe9e0); }
  figure { margin: 0; border-radius: 12px; overflow: hidden; background: #fff;
    box-shadow: 0 1px 2px rgb(40 30 70 / 0.2), 0 18px 48px rgb(40 30 70 / 0.22); }
  figcaption { display: flex; align-items: center; gap: 8px; height: 38px; padding: 0 14px; background: #f3f1f7; }
  figcaption i { width: 11px; height: 11px; border-radius: 50%; background: #d5d0e0; }
  figcaption span { flex: 1; text-align: center; margin-right: 54px; color: #6a6480;
    font: 500 14px system-ui, sans-serif; }
  img { display: block; width: 900px; }
`;
