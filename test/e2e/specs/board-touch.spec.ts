import { boardOf } from '../harness/api';
import { phone } from '../harness/browser';
import { expect, test } from '../harness/fixtures';

const onPhone = { viewport: phone, hasTouch: true, isMobile: true };

test('a card moves under a finger on a phone, and the other browser sees it', async ({
  family,
  open,
}) => {
  const { anna, ben, list } = family;
  for (const name of ['Lego castle', 'Wool socks', 'Board game']) await anna.addItem(list.id, name);
  const [annas, bens] = await Promise.all([open(anna, onPhone), open(ben)]);
  const [annasBoard, bensBoard] = await Promise.all([
    annas.openBoard(list.id),
    bens.openBoard(list.id),
  ]);

  await annasBoard.dragByTouch('Lego castle', annasBoard.card('Wool socks'));

  const moved = { idea: ['Wool socks', 'Lego castle', 'Board game'] };
  await annasBoard.shows(moved);
  await bensBoard.shows(moved);
  expect(boardOf(await anna.items(list.id))).toMatchObject(moved);
});

test('a finger carries a card into another column, which comes to meet it', async ({
  family,
  open,
}) => {
  const { anna, ben, list } = family;
  await anna.addItem(list.id, 'Lego castle');
  const [annas, bens] = await Promise.all([open(anna, onPhone), open(ben)]);
  const [annasBoard, bensBoard] = await Promise.all([
    annas.openBoard(list.id),
    bens.openBoard(list.id),
  ]);

  const landed = await annasBoard.carryByTouch('Lego castle');

  const moved = { idea: [], [landed]: ['Lego castle'] };
  await annasBoard.shows(moved);
  await bensBoard.shows(moved);
  expect(boardOf(await anna.items(list.id))).toMatchObject(moved);
});

test('a finger that only brushes over a card scrolls, and moves nothing', async ({
  family,
  open,
}) => {
  const { anna, list } = family;
  for (let i = 1; i <= 12; i++) await anna.addItem(list.id, `Gift number ${i}`);
  const before = await anna.items(list.id);
  const window = await open(anna, onPhone);
  const board = await window.openBoard(list.id);
  await board.brush('Gift number 3', { x: 0, y: -200 });
  await expect
    .poll(() => window.page.evaluate(() => document.scrollingElement?.scrollTop ?? 0))
    .toBeGreaterThan(0);
  expect(await anna.items(list.id)).toEqual(before);
});
