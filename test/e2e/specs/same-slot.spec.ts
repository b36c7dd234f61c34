import { boardOf } from '../harness/api';
import { expect, test } from '../harness/fixtures';

test('two moves into the same slot at once keep both cards', async ({ family, open }) => {
  const { anna, ben, list } = family;
  await anna.addItem(list.id, 'Lego castle');
  await anna.addItem(list.id, 'Wool socks');
  await anna.addItem(list.id, 'Board game', { status: 'selected' });
  const [annas, bens] = await Promise.all([open(anna), open(ben)]);
  const [annasBoard, bensBoard] = await Promise.all([
    annas.openBoard(list.id),
    bens.openBoard(list.id),
  ]);

  // Neither sees the other's move before its own is on its way.
  await Promise.all([
    annasBoard.moveByMenu('Lego castle', 'Selected'),
    bensBoard.moveByMenu('Wool socks', 'Selected'),
  ]);

  await expect
    .poll(async () => boardOf(await anna.items(list.id)).selected.toSorted())
    .toEqual(['Board game', 'Lego castle', 'Wool socks']);
  const truth = boardOf(await anna.items(list.id));
  expect(truth.idea).toEqual([]);
  await annasBoard.shows(truth);
  await bensBoard.shows(truth);
});
