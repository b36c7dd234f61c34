import { Member } from '../harness/api';
import { expect, test } from '../harness/fixtures';
import { askForTopic } from '../harness/socket';

test('the avatar of who looks at the list comes and goes with them', async ({ family, open }) => {
  const { anna, ben, list } = family;
  const annas = await open(anna);
  const annasBoard = await annas.openBoard(list.id);
  await expect(annasBoard.watchers, 'nobody sees themselves').toHaveCount(0);

  const bens = await open(ben);
  const bensBoard = await bens.openBoard(list.id);
  await expect(annasBoard.watchers).toHaveAccessibleName(`${ben.name} is here`);
  await expect(bensBoard.watchers).toHaveAccessibleName(`${anna.name} is here`);

  const other = await bens.openTab();
  await other.openBoard(list.id);
  await bens.page.getByRole('link', { name: 'All lists' }).click();
  await expect(bens.page.getByRole('heading', { name: 'Lists', level: 1 })).toBeVisible();
  const present = () => annas.frames.control('presence').at(-1);
  await expect(annasBoard.watchers, 'he still looks at it in his other tab').toHaveCount(1);
  expect(present(), 'two tabs are one person').toMatchObject({ count: 2 });

  await other.page.close();
  await expect(annasBoard.watchers).toHaveCount(0);
  await bens.page.goBack();
  await expect(annasBoard.watchers).toHaveAccessibleName(`${ben.name} is here`);
  await bens.close();
  await expect(annasBoard.watchers).toHaveCount(0);
});

test('somebody who joins the family while one looks is seen by name', async ({
  giftboard,
  family,
  open,
}) => {
  const { anna, list } = family;
  const board = await (await open(anna)).openBoard(list.id);
  const { token } = await anna.invite();
  const account = { name: 'Cleo Frost', email: 'cleo@example.test', password: 'horse battery one' };
  const cleo = await Member.join(giftboard.url, token, account);
  await (await open(cleo)).openBoard(list.id);
  await expect(board.watchers).toHaveAccessibleName('Cleo Frost is here');
});

for (const way of ['keyboard', 'mouse'] as const) {
  test(`a card that somebody drags by ${way} shows as theirs until they drop it`, async ({
    family,
    open,
  }) => {
    const { anna, ben, list } = family;
    await anna.addItem(list.id, 'Lego castle');
    const [annas, bens] = await Promise.all([open(anna), open(ben)]);
    const [annasBoard, bensBoard] = await Promise.all([
      annas.openBoard(list.id),
      bens.openBoard(list.id),
    ]);

    await (way === 'mouse'
      ? annasBoard.liftByMouse('Lego castle')
      : annasBoard.lift('Lego castle'));
    await expect(bensBoard.holder('Lego castle')).toHaveText(/Anna is moving this/);
    await expect(bensBoard.card('Lego castle')).toHaveAccessibleName(/Anna Winter is moving it/);
    await expect(annasBoard.holder('Lego castle'), 'not for herself').toHaveCount(0);

    // Who comes in the middle of it sees it too.
    const late = await bens.openTab();
    const latesBoard = await late.openBoard(list.id);
    await expect(latesBoard.holder('Lego castle')).toBeVisible();

    await (way === 'mouse' ? annas.page.mouse.up() : annas.page.keyboard.press('Escape'));
    await expect(bensBoard.holder('Lego castle')).toHaveCount(0);
    await expect(latesBoard.holder('Lego castle')).toHaveCount(0);
  });
}

test('a card is released when its holder vanishes', async ({ family, open }) => {
  const { anna, ben, list } = family;
  await anna.addItem(list.id, 'Lego castle');
  const [annas, bens] = await Promise.all([open(anna), open(ben)]);
  const [annasBoard, bensBoard] = await Promise.all([
    annas.openBoard(list.id),
    bens.openBoard(list.id),
  ]);
  await annasBoard.lift('Lego castle');
  await expect(bensBoard.holder('Lego castle')).toBeVisible();

  await annas.close();

  await expect(bensBoard.holder('Lego castle')).toHaveCount(0);
  await bensBoard.moveByMenu('Lego castle', 'Selected');
  await bensBoard.shows({ selected: ['Lego castle'] });
});

test('who a list is about never learns who looks at it, or what they drag', async ({
  family,
  open,
}) => {
  const { anna, ben } = family;
  const about = { person_id: ben.personId, hidden_from_person: false };
  const list = await anna.createList({ name: 'For Ben', ...about });
  const item = await anna.addItem(list.id, 'Telescope');
  const wish = { list_id: list.id, gift: { name: 'Star chart' } };
  const bens = await open(ben);
  await bens.page.goto(`/lists/${list.id}`);
  await expect
    .poll(() => bens.frames.control('subscribed').map(({ topic }) => topic))
    .toContain(`wishes:${list.id}`);

  const annas = await open(anna);
  const annasBoard = await annas.openBoard(list.id);
  await annasBoard.lift('Telescope');
  await expect(annasBoard.watchers, 'and nobody learns whether they look').toHaveCount(0);
  await annas.page.keyboard.press('Escape');

  // What happens after all that reaches Ben; nothing of what happened before did.
  await ben.post('/wishes', wish);
  await expect(bens.page.getByText('Star chart')).toBeVisible();
  const heard = JSON.stringify(bens.frames.received);
  expect(bens.frames.control('presence')).toEqual([]);
  expect(bens.frames.control('signal')).toEqual([]);
  expect(heard).not.toContain(anna.userId);
  expect(heard).not.toContain(item.id);

  // Neither does asking help.
  for (const topic of [`wishes:${list.id}`, `list-items:${list.id}`]) {
    const refused = await askForTopic(bens.page, ben.accessToken, topic, { presence: true });
    expect(refused, topic).toMatchObject({ type: 'error', code: 'forbidden' });
  }
});
