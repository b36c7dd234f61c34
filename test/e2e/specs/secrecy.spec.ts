import { call } from '../harness/api';
import { expect, test } from '../harness/fixtures';
import { askForTopic } from '../harness/socket';

test('a member who may not see a list gets no row, no event and no different error', async ({
  giftboard,
  family,
  open,
  complaints,
}) => {
  complaints.expect(/the server responded with a status of 404/);
  const { anna, ben, list } = family;
  const secret = await anna.createList({
    name: 'Surprises for Ben',
    person_id: ben.personId,
    hidden_from_person: true,
  });
  const item = await anna.addItem(secret.id, 'Telescope');
  const shared = await anna.addItem(list.id, 'Lego castle');
  const nothing = 'nosuchlist0000000000';

  const bens = await open(ben);
  const bensBoard = await bens.openBoard(list.id);
  await bensBoard.shows({ idea: ['Lego castle'] });

  // No different error: REST answers as if there were no such thing.
  for (const path of [
    '/lists/ID',
    '/list-items?list_id=ID',
    '/gifts?list_id=ID',
    '/wishes?list_id=ID',
  ]) {
    const [hidden, unknown] = await Promise.all(
      [secret.id, nothing].map((id) => ben.ask('GET', path.replace('ID', id))),
    );
    expect(hidden?.status, path).toBe(404);
    expect(withoutIds(hidden?.body, secret.id)).toEqual(withoutIds(unknown?.body, nothing));
  }
  const refused = await ben.ask('POST', `/list-items/${item.id}/move`, {
    status: 'idea',
    version: 1,
  });
  expect(refused.status).toBe(404);

  // No row: neither in a listing nor among the gifts.
  expect(JSON.stringify(await ben.get('/lists'))).not.toContain(secret.id);
  expect(JSON.stringify(await ben.get('/gifts'))).not.toContain('Telescope');

  // The socket refuses the topic as it refuses one that does not exist.
  const { page: elsewhere } = await open(ben);
  await elsewhere.goto('/');
  for (const topic of ['list-items', 'gift-list', 'wishes']) {
    const [hidden, unknown] = await Promise.all(
      [secret.id, nothing].map((id) => askForTopic(elsewhere, ben.accessToken, `${topic}:${id}`)),
    );
    expect(hidden).toMatchObject({ type: 'error', code: 'forbidden' });
    expect(withoutIds(hidden, secret.id)).toEqual(withoutIds(unknown, nothing));
  }
  const hiddenGift = await askForTopic(elsewhere, ben.accessToken, `gift:${item.gift.id}`);
  expect(hiddenGift).toMatchObject({ type: 'error', code: 'forbidden' });

  // No event: what happens on the secret list passes Ben by, what happens after it does not.
  await anna.move(item, { status: 'purchased' });
  await anna.patch(`/gifts/${item.gift.id}`, { name: 'Big telescope' });
  await anna.addItem(secret.id, 'Star chart');
  await anna.move(shared, { status: 'selected' });
  await bensBoard.shows({ idea: [], selected: ['Lego castle'] });
  const heard = JSON.stringify(bens.frames.received);
  expect(heard).toContain(shared.id);
  for (const trace of [secret.id, item.id, item.gift.id, 'elescope', 'Star chart']) {
    expect(heard).not.toContain(trace);
  }

  // The page is the same as for a list that does not exist.
  for (const id of [secret.id, nothing]) {
    await bens.page.goto(`/lists/${id}`);
    await expect(bens.page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
  }
  await bens.page.goto('/lists');
  await expect(bens.page.getByRole('link', { name: list.name }).first()).toBeVisible();
  await expect(bens.page.getByText('Surprises for Ben')).toHaveCount(0);

  const nobody = await call(giftboard.url, 'GET', `/lists/${secret.id}`);
  expect(nobody.status).toBe(401);
});

test('a private list is nobody else’s', async ({ family, open, complaints }) => {
  complaints.expect(/the server responded with a status of 404/);
  const { anna, ben } = family;
  const diary = await anna.createList({ name: 'Only mine', visibility: 'private' });
  await anna.addItem(diary.id, 'A day off');
  expect((await ben.ask('GET', `/lists/${diary.id}`)).status).toBe(404);
  const bens = await open(ben);
  await bens.page.goto(`/lists/${diary.id}`);
  await expect(bens.page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
});

test('who loses a list loses it at once', async ({ family, open, complaints }) => {
  complaints.expect(/the server responded with a status of 404/);
  const { anna, ben, list } = family;
  const item = await anna.addItem(list.id, 'Lego castle');
  const bens = await open(ben);
  const bensBoard = await bens.openBoard(list.id);
  await bensBoard.shows({ idea: ['Lego castle'] });

  await anna.patch(`/lists/${list.id}`, { visibility: 'private' });

  await expect(bensBoard.card('Lego castle')).toHaveCount(0);
  const heardBefore = bens.frames.events.length;
  await anna.move(item, { status: 'purchased' });
  await askForTopic(bens.page, ben.accessToken, `list-items:${list.id}`);
  expect(bens.frames.events.slice(heardBefore)).toEqual([]);
});

/** Blanks what may differ between two refusals: the id that was asked for, and the traces. */
function withoutIds(refusal: unknown, id: string): unknown {
  return JSON.parse(
    JSON.stringify(refusal, (key, value: unknown) =>
      /trace|request_id|instance/.test(key) ? '' : value,
    ).replaceAll(id, 'ID'),
  );
}
