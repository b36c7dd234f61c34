import { boardOf } from '../harness/api';
import { expect, test } from '../harness/fixtures';

test('a move that the server refuses is taken back, and a note says of which card', async ({
  family,
  open,
  complaints,
}) => {
  complaints.expect(/the server responded with a status of 422/);
  const { anna, list } = family;
  await anna.addItem(list.id, 'Lego castle');
  const window = await open(anna);
  const board = await window.openBoard(list.id);
  // The server itself refuses: on its way the move loses its version.
  await window.page.route('**/api/v1/list-items/*/move', async (route) => {
    const move = route.request().postDataJSON() as Record<string, unknown>;
    await route.continue({ postData: JSON.stringify({ ...move, version: -1 }) });
  });
  await board.moveByMenu('Lego castle', 'Received');

  const note = window.page
    .getByRole('status')
    .filter({ hasText: '“Lego castle” is back in Idea.' });
  await expect(note).toBeVisible();
  await board.shows({ idea: ['Lego castle'], received: [] });
  expect(boardOf(await anna.items(list.id)).idea).toEqual(['Lego castle']);
});
