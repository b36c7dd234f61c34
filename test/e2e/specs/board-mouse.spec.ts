import { boardOf } from '../harness/api';
import { expect, test } from '../harness/fixtures';

test('a card dragged in one browser moves in the other', async ({ family, open }) => {
  const { anna, ben, list } = family;
  await anna.addItem(list.id, 'Lego castle');
  await anna.addItem(list.id, 'Wool socks');
  await anna.addItem(list.id, 'Board game', { status: 'purchased' });
  const [annas, bens] = await Promise.all([open(anna), open(ben)]);
  const [annasBoard, bensBoard] = await Promise.all([
    annas.openBoard(list.id),
    bens.openBoard(list.id),
  ]);
  await bensBoard.shows({ idea: ['Lego castle', 'Wool socks'], purchased: ['Board game'] });
  await bens.mark();

  await annasBoard.dragByMouse('Lego castle', annasBoard.card('Board game'));

  const moved = { idea: ['Wool socks'], selected: [], received: [] };
  await bensBoard.shows(moved);
  await annasBoard.shows(moved);
  const truth = boardOf(await ben.items(list.id));
  expect([...truth.purchased].sort()).toEqual(['Board game', 'Lego castle']);
  await annasBoard.shows(truth);
  await bensBoard.shows(truth);
  expect(await bens.isTheSame(), 'the page was not loaded anew').toBe(true);
});

test('a card dragged within its column keeps its place in the other browser', async ({
  family,
  open,
}) => {
  const { anna, ben, list } = family;
  for (const name of ['Lego castle', 'Wool socks', 'Board game']) await anna.addItem(list.id, name);
  const [annas, bens] = await Promise.all([open(anna), open(ben)]);
  const [annasBoard, bensBoard] = await Promise.all([
    annas.openBoard(list.id),
    bens.openBoard(list.id),
  ]);

  await bensBoard.dragByMouse('Lego castle', bensBoard.card('Board game'));

  const moved = { idea: ['Wool socks', 'Board game', 'Lego castle'] };
  await annasBoard.shows(moved);
  await bensBoard.shows(moved);
  expect(boardOf(await anna.items(list.id))).toMatchObject(moved);
});
