import { expect, test } from '../harness/fixtures';

for (const [connection, isCut] of [
  ['stayed', false],
  ['was cut', true],
] as const) {
  test(`a machine that wakes up shows what happened meanwhile; its connection ${connection}`, async ({
    giftboard,
    family,
    openSleeper,
    complaints,
  }) => {
    complaints.expect(/WebSocket connection to .* failed|net::ERR_/);
    const { anna, ben, list } = family;
    const item = await anna.addItem(list.id, 'Lego castle');
    const sleeper = await openSleeper(anna);
    const board = await sleeper.window.openBoard(list.id);
    await board.shows({ idea: ['Lego castle'] });
    await sleeper.window.mark();

    sleeper.sleep();
    if (isCut) {
      await giftboard.kill();
      await giftboard.restart();
    }
    await ben.move(item, { status: 'purchased' });
    await ben.addItem(list.id, 'Wool socks');
    await sleeper.wakeUp();

    await board.shows({ idea: ['Wool socks'], purchased: ['Lego castle'] });
    expect(await sleeper.window.isTheSame(), 'the page was not loaded anew').toBe(true);
    expect(sleeper.window.frames.sockets).toHaveLength(isCut ? 2 : 1);
  });
}

// Guarantees: L2
test('a tab that comes back online shows what happened meanwhile', async ({
  giftboard,
  family,
  open,
  complaints,
}) => {
  complaints.expect(/WebSocket connection to .* failed|net::ERR_/);
  const { anna, ben, list } = family;
  const item = await anna.addItem(list.id, 'Lego castle');
  const window = await open(anna);
  const board = await window.openBoard(list.id);
  await board.shows({ idea: ['Lego castle'] });

  await window.context.setOffline(true);
  await giftboard.kill();
  await expect(window.page.getByTestId('connection-indicator')).toContainText('Reconnecting');
  await giftboard.restart();
  await ben.move(item, { status: 'purchased' });
  await window.context.setOffline(false);

  await board.shows({ idea: [], purchased: ['Lego castle'] });
  await expect(window.page.getByTestId('connection-indicator')).not.toContainText('Reconnecting');
});
