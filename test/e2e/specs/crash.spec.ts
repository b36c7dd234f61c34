import { boardOf } from '../harness/api';
import { expect, test } from '../harness/fixtures';

test('a killed server loses nothing, and both boards go on where they were', async ({
  giftboard,
  family,
  open,
  complaints,
}) => {
  // While nobody listens, browsers report every try to reach the server.
  complaints.expect(/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE/);
  const { anna, ben, list } = family;
  for (const name of ['Lego castle', 'Wool socks', 'Board game']) await anna.addItem(list.id, name);
  const [annas, bens] = await Promise.all([open(anna), open(ben)]);
  const [annasBoard, bensBoard] = await Promise.all([
    annas.openBoard(list.id),
    bens.openBoard(list.id),
  ]);
  await Promise.all([annas.mark(), bens.mark()]);

  await annasBoard.moveByMenu('Lego castle', 'Selected');
  await bensBoard.shows({ selected: ['Lego castle'] });
  await giftboard.kill();
  await giftboard.restart();

  // A move that neither browser hears of live: it is in the log when they come back.
  const socks = (await ben.items(list.id)).find((item) => item.gift.name === 'Wool socks');
  if (socks === undefined) throw new Error('the socks are lost');
  await ben.move(socks, { status: 'purchased' });

  await Promise.all([annas.isLive(list.id, 2), bens.isLive(list.id, 2)]);
  await bensBoard.moveByMenu('Board game', 'Received');

  const truth = {
    idea: [],
    selected: ['Lego castle'],
    purchased: ['Wool socks'],
    received: ['Board game'],
  };
  await annasBoard.shows(truth);
  await bensBoard.shows(truth);
  expect(boardOf(await anna.items(list.id))).toEqual(truth);
  for (const window of [annas, bens]) {
    expect(await window.isTheSame(), 'the page was not loaded anew').toBe(true);
    expect(window.frames.control('subscribed').at(-1)).toMatchObject({ recovered: true });
  }
});

test('a move made while the server is down arrives, or is taken back with a message', async ({
  giftboard,
  family,
  open,
  complaints,
}) => {
  complaints.expect(/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE/);
  const { anna, ben, list } = family;
  await anna.addItem(list.id, 'Lego castle');
  const [annas, bens] = await Promise.all([open(anna), open(ben)]);
  const [annasBoard, bensBoard] = await Promise.all([
    annas.openBoard(list.id),
    bens.openBoard(list.id),
  ]);

  await giftboard.kill();
  await annasBoard.moveByMenu('Lego castle', 'Selected');
  await giftboard.restart();
  await Promise.all([annas.isLive(list.id, 2), bens.isLive(list.id, 2)]);

  await expect
    .poll(async () => {
      const truth = boardOf(await ben.items(list.id));
      const shown = [await annasBoard.columns(), await bensBoard.columns()];
      return shown.every((board) => JSON.stringify(board) === JSON.stringify(truth));
    })
    .toBe(true);
});

test('Ctrl-C stops the server cleanly', async ({ giftboard, family, open, complaints }) => {
  complaints.expect(/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/);
  const window = await open(family.anna);
  await window.openBoard(family.list.id);
  expect(await giftboard.interrupt()).toBe(0);
});
