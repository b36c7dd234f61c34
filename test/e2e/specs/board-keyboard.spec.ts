import { expect, test } from '../harness/fixtures';

test('a card moves by keyboard, each step is announced, and the other browser sees it', async ({
  family,
  open,
}) => {
  const { anna, ben, list } = family;
  await anna.addItem(list.id, 'Lego castle');
  await anna.addItem(list.id, 'Wool socks');
  await anna.addItem(list.id, 'Board game', { status: 'selected' });
  const [annas, bens] = await Promise.all([open(anna), open(ben)]);
  const [annasBoard, bensBoard] = await Promise.all([
    annas.openBoard(list.id),
    bens.openBoard(list.id),
  ]);
  const { announcement } = annasBoard;
  const { keyboard } = annas.page;

  await annasBoard.card('Lego castle').focus();
  await keyboard.press('Space');
  await expect(announcement).toContainText('Lego castle');
  await expect(announcement).toContainText('Idea, 1 of 2');
  await keyboard.press('ArrowRight');
  await expect(announcement).toContainText('Selected, 1 of 2');
  await keyboard.press('ArrowDown');
  await expect(announcement).toContainText('Selected, 2 of 2');
  await keyboard.press('Space');
  await expect(announcement).toContainText('Dropped Lego castle, Selected, 2 of 2');

  const moved = { idea: ['Wool socks'], selected: ['Board game', 'Lego castle'] };
  await annasBoard.shows(moved);
  await bensBoard.shows(moved);
  await expect(annasBoard.card('Lego castle'), 'the focus follows the card').toBeFocused();
});

test('Escape puts a lifted card back where it was', async ({ family, open }) => {
  const { anna, list } = family;
  await anna.addItem(list.id, 'Lego castle');
  await anna.addItem(list.id, 'Wool socks');
  const window = await open(anna);
  const board = await window.openBoard(list.id);
  const before = await anna.items(list.id);

  await board.card('Lego castle').focus();
  await window.page.keyboard.press('Space');
  await window.page.keyboard.press('ArrowDown');
  await expect(board.announcement).toContainText('2 of 2');
  await window.page.keyboard.press('Escape');
  await expect(board.announcement).toContainText('Lego castle is back where it was');

  await board.shows({ idea: ['Lego castle', 'Wool socks'] });
  expect(await anna.items(list.id)).toEqual(before);
});

test('the menu of a card moves it without any dragging', async ({ family, open }) => {
  const { anna, list } = family;
  await anna.addItem(list.id, 'Lego castle');
  const window = await open(anna);
  const board = await window.openBoard(list.id);

  await board.moveByMenu('Lego castle', 'Received');

  await board.shows({ idea: [], received: ['Lego castle'] });
  await expect.poll(async () => (await anna.items(list.id))[0]?.status).toBe('received');
});
