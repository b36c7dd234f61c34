import { DevServer } from '../harness/dev-server';
import { expect, test } from '../harness/fixtures';
import type { Giftboard } from '../harness/giftboard';

test('StrictMode, fast refresh and a change of user leave exactly one socket open', async ({
  giftboard,
  family,
  open,
}) => {
  const { anna, ben, list } = family;
  const developer = await DevServer.start(giftboard.url);
  try {
    const window = await open(anna, { baseURL: developer.url });
    const { page } = window;
    await window.openBoard(list.id);
    await expect.poll(() => sessions(giftboard)).toBe(1);

    const refreshed = page.waitForEvent('console', (message) =>
      message.text().includes('hot updated: /src/app/MemberProviders.tsx'),
    );
    await developer.touch('app/MemberProviders.tsx');
    await refreshed;
    await window.isLive(list.id);
    await expect.poll(() => sessions(giftboard)).toBe(1);

    // The same user with a new session, then another one: both as another tab would tell.
    for (const member of [anna, ben]) {
      const before = window.frames.control('subscribed').length;
      await window.logIn(member);
      const renewed = page.waitForResponse((response) => response.url().endsWith('/auth/refresh'));
      await page.evaluate(() => new BroadcastChannel('tidings-session').postMessage('changed'));
      await renewed;
      if (member === ben) {
        const answers = () => window.frames.control('subscribed').slice(before);
        await expect
          .poll(() => answers().map(({ topic }) => topic))
          .toContain(`user:${ben.userId}`);
      }
      await expect.poll(() => sessions(giftboard)).toBe(1);
    }

    const other = await window.openTab();
    await other.openBoard(list.id);
    await expect.poll(() => sessions(giftboard), 'one for each tab').toBe(2);
    await other.page.close();
    await window.logOut();
    await expect.poll(() => sessions(giftboard), 'none for nobody').toBe(0);
    await window.close();
  } finally {
    await developer.dispose();
  }
});

/** How many sockets are open, as the server counts them. */
async function sessions(giftboard: Giftboard): Promise<number> {
  const metrics = await (await fetch(`${giftboard.url}/metrics`)).text();
  return Number(/^tidings_sessions (\d+)$/m.exec(metrics)?.[1]);
}
