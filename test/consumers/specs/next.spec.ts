// The Next.js example from packed packages: both bundlers, built and in development.

import { expect, test } from '../harness/fixtures';

const ways = [
  { name: 'webpack, built', flags: ['--webpack'], isBuilt: true },
  { name: 'webpack, in development', flags: ['--webpack'], isBuilt: false },
  { name: 'Turbopack, in development', flags: ['--turbopack'], isBuilt: false },
  // The last one, whose build the tests below go on with.
  { name: 'Turbopack, built', flags: ['--turbopack'], isBuilt: true },
];

for (const { name, flags, isBuilt } of ways) {
  test.describe(name, () => {
    test.beforeAll(async ({ next, places }) => {
      const at = ['-p', String(places.appPort), '-H', 'localhost'];
      if (isBuilt) await next.run('next', ['build', ...flags], places.env);
      const command = isBuilt ? ['start', ...at] : ['dev', ...flags, ...at];
      await next.serve('next', command, places.env, /Ready in/);
    });
    test.afterAll(({ next }) => next.stop());

    test('connects to NEXT_PUBLIC_WS_URL and is live', async ({ places, family, open }) => {
      const { anna, ben, list } = family;
      const annas = await open();
      await annas.logIn(anna);
      await annas.openBoard(list.name);
      expect(annas.frames.sockets.at(-1)?.url()).toBe(places.env.NEXT_PUBLIC_WS_URL);
      await expect(annas.column('idea')).toHaveText(['Kite', 'Socks']);

      const [kite] = await ben.items(list.id);
      await ben.move(kite!, { status: 'purchased' });
      await expect(annas.column('purchased')).toHaveText(['Kite']);
      const asked = annas.frames.sent.filter(({ action }) => action === 'subscribe');
      expect(JSON.stringify(asked)).not.toContain('undefined');
    });

    if (name === 'Turbopack, built') patterns();
  });
}

/** What the patterns promise, in the app as people would run it. */
function patterns(): void {
  test('two browsers see each other move, and a log-out ends the connection', async ({
    family,
    open,
  }) => {
    const { anna, ben, list } = family;
    const [annas, bens] = [await open(), await open()];
    await annas.logIn(anna);
    await bens.logIn(ben);
    await annas.openBoard(list.name);
    await bens.openBoard(list.name);

    await annas.move('Kite', 'selected');
    await expect(bens.column('selected')).toHaveText(['Kite']);
    await bens.move('Socks', 'selected');
    await expect(annas.column('selected')).toHaveText(['Kite', 'Socks']);

    await annas.page.getByRole('button', { name: 'Log out' }).click();
    await annas.frames.socketClosed();
    await expect(annas.indicator).toHaveText(/Signed out/);
    await expect(annas.page.getByText('Kite')).toHaveCount(0);
  });

  test('a login survives a reload, by its cookie', async ({ family, open }) => {
    const annas = await open();
    await annas.logIn(family.anna);
    await annas.openBoard(family.list.name);
    await annas.page.reload();
    await expect(annas.column('idea')).toHaveText(['Kite', 'Socks']);
    await expect(annas.indicator).toHaveText(/Connected/);
  });

  test('a wrong password is told', async ({ family, open, complaints }) => {
    complaints.expect(/status of 401 .*\/api\/v1\/auth\/login/);
    const { page } = await open();
    await page.goto('/');
    await page.getByLabel('Email').fill(family.anna.account.email);
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Log in' }).click();
    await expect(page.getByRole('banner').getByRole('alert')).toHaveText(/wrong/);
  });

  test('an optimistic update shows at once, and is rolled back when it is refused', async ({
    family,
    open,
    complaints,
  }) => {
    complaints.expect(/status of 422 .*\/api\/v1\/gifts\//);
    const annas = await open();
    await annas.logIn(family.anna);
    await annas.openBoard(family.list.name);
    await annas.page.getByRole('link', { name: 'Gifts of this list' }).click();
    const names = annas.page.getByRole('listitem').getByRole('link');
    await expect(names).toHaveText(['Kite', 'Socks']);

    // The server hears of it only when the test lets it.
    const held: (() => void)[] = [];
    await annas.page.route('**/api/v1/gifts/*', async (route) => {
      await new Promise<void>((go) => held.push(go));
      await route.continue();
    });
    const rename = async (from: string, to: string) => {
      await annas.page.getByLabel(`New name of ${from}`).fill(to);
      await annas.page
        .getByRole('form', { name: `Rename ${from}` })
        .getByText('Rename')
        .click();
    };

    await rename('Kite', 'Dragon');
    await expect(names).toHaveText(['Dragon', 'Socks']);
    expect((await family.ben.items(family.list.id))[0]?.gift.name, 'not sent yet').toBe('Kite');
    held.shift()?.();
    await expect
      .poll(async () => (await family.ben.items(family.list.id))[0]?.gift.name)
      .toBe('Dragon');
    await expect(names).toHaveText(['Dragon', 'Socks']);

    const tooLong = 'x'.repeat(201);
    await rename('Socks', tooLong);
    await expect(names).toHaveText(['Dragon', tooLong]);
    held.shift()?.();
    await expect(annas.alert).toBeVisible();
    await expect(names).toHaveText(['Dragon', 'Socks']);
  });

  test('direct updates, debounced and selected ones, and the low-level hook', async ({
    family,
    open,
  }) => {
    const { anna, ben, list } = family;
    const annas = await open();
    await annas.logIn(anna);
    await annas.openBoard(list.name);
    const { page } = annas;

    await annas.isLive('gift-list');
    const book = await ben.addItem(list.id, 'Book');
    await expect(page.getByTestId('summary')).toHaveText('3 gifts');
    await expect(page.getByRole('region', { name: 'Events' }).locator('li')).toHaveText([
      `ADDED ${book.id}`,
    ]);

    await page.getByRole('link', { name: 'Progress' }).click();
    await expect(page.getByTestId('progress')).toHaveText('0 of 3 purchased');
    await ben.addItem(list.id, 'Lamp');
    await expect(page.getByTestId('progress')).toHaveText('0 of 4 purchased');
    await ben.move(book, { status: 'purchased' });
    await expect(page.getByTestId('progress')).toHaveText('1 of 4 purchased');

    await page.goBack();
    await page.getByRole('link', { name: 'Gifts of this list' }).click();
    await page.getByRole('link', { name: 'Book' }).click();
    await annas.isLive('gift');
    await ben.patch(`/gifts/${book.gift.id}`, { name: 'Atlas' });
    await expect(page.getByRole('heading', { name: 'Atlas' })).toBeVisible();
  });

  test('a manual disconnect stays so, and a connect catches up', async ({ family, open }) => {
    const { anna, ben, list } = family;
    const annas = await open();
    await annas.logIn(anna);
    await annas.openBoard(list.name);
    const events = annas.page.getByRole('region', { name: 'Events' });
    await events.getByRole('button', { name: 'Disconnect' }).click();
    await annas.frames.socketClosed();
    await expect(annas.indicator).toHaveText(/Disconnected/);

    await ben.move((await ben.items(list.id))[0]!, { status: 'received' });
    await events.getByRole('button', { name: 'Connect' }).click();
    await expect(annas.column('received')).toHaveText(['Kite']);
    await expect(annas.indicator).toHaveText(/Connected/);
    expect(annas.frames.sockets.filter((socket) => !socket.isClosed())).toHaveLength(1);
  });

  test('polling stands in while there is no socket', async ({ family, open, complaints }) => {
    complaints.expect(/WebSocket connection to .* failed|\[tidings\] closed 1011/);
    const { anna, ben, list } = family;
    const annas = await open();
    await annas.logIn(anna);
    await annas.openBoard(list.name);

    // From now on the socket is refused; REST is as before.
    await annas.page.routeWebSocket(/\/ws$/, (socket) => socket.close({ code: 1011 }));
    await annas.page.reload();
    await expect(annas.indicator).toHaveText(/Reconnecting/);
    await ben.move((await ben.items(list.id))[0]!, { status: 'selected' });
    await expect(annas.column('selected')).toHaveText(['Kite']);
    expect(annas.frames.control('hello'), 'of before the reload').toHaveLength(1);
  });

  test('a killed server: the indicator says so, polls go on, and the truth comes back', async ({
    giftboard,
    family,
    open,
    complaints,
  }) => {
    complaints.expect(/WebSocket connection to .* failed|status of 50\d|\[tidings\] closed 1006/);
    const { anna, ben, list } = family;
    const annas = await open();
    await annas.logIn(anna);
    await annas.openBoard(list.name);

    await expect(annas.column('idea')).toHaveText(['Kite', 'Socks']);
    await giftboard.kill();
    await expect(annas.indicator).toHaveText(/Reconnecting/);
    const poll = annas.page.waitForRequest(/\/api\/v1\/list-items\?/);
    await annas.page.evaluate(() => document.documentElement.setAttribute('data-same', 'yes'));
    await poll;
    await expect(annas.column('idea'), 'what is known stays').toHaveText(['Kite', 'Socks']);

    await giftboard.restart();
    await ben.move((await ben.items(list.id))[0]!, { status: 'purchased' });
    await expect(annas.column('purchased')).toHaveText(['Kite']);
    await expect(annas.indicator).toHaveText(/Connected/);
    await expect(annas.page.locator('html')).toHaveAttribute('data-same', 'yes');
  });
}
