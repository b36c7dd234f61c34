import { boardOf } from '../harness/api';
import { expect, test } from '../harness/fixtures';

test('a move that the server refuses is taken back, with its message', async ({
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
  const refused = window.page.waitForResponse((response) => response.url().endsWith('/move'));

  await board.moveByMenu('Lego castle', 'Received');

  const { detail } = (await (await refused).json()) as { detail: string };
  await expect(window.page.getByRole('status').filter({ hasText: detail })).toBeVisible();
  await board.shows({ idea: ['Lego castle'], received: [] });
  expect(boardOf(await anna.items(list.id)).idea).toEqual(['Lego castle']);
});
