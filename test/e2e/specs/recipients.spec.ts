import type { Page } from '@playwright/test';

import { type List, type ListItem, Member } from '../harness/api';
import { expect, test, type Family } from '../harness/fixtures';
import type { Window } from '../harness/window';

/** What only stands in what Edith must not get to know. */
const marker = 'Zaubergarten';

interface FamilyOfThree extends Family {
  edith: Member;
}

/** Edith was a person of the family first, and has joined it since. */
async function withEdith(family: Family, url: string): Promise<FamilyOfThree> {
  const { anna } = family;
  const person = (await anna.post('/persons', { name: 'Edith' })) as { id: string };
  const { token } = await anna.invite(person.id);
  const account = {
    name: 'Edith',
    email: 'edith@example.test',
    password: 'garden choir crosswords',
  };
  return { ...family, edith: await Member.join(url, token, account) };
}

/** Collects the bodies of all that REST answers to a page. */
function recordAnswers(page: Page): string[] {
  const bodies: string[] = [];
  page.on('response', (response) => {
    if (!response.url().includes('/api/')) return;
    response.text().then(
      (body) => bodies.push(body),
      () => undefined, // without a body
    );
  });
  return bodies;
}

/** Chooses whom a card is for, in whichever dialog is open. */
const choose = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('checkbox', { name }).click();

async function openSheet(page: Page, gift: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${gift}, `) }).click();
  await expect(page.getByRole('dialog', { name: gift })).toBeVisible();
}

/** Asks for the board again and again over REST, as the member. */
const boardOver = async (member: Member, list: List) => JSON.stringify(await member.items(list.id));

// Guarantees: P19
test('a card for Edith is on every board but hers', async ({ family, giftboard, open }) => {
  const { anna, ben, edith, list } = await withEdith(family, giftboard.url);
  const shared = await anna.addItem(list.id, 'Lego castle');
  const [annas, bens, ediths] = (await Promise.all([anna, ben, edith].map((m) => open(m)))) as [
    Window,
    Window,
    Window,
  ];
  const answers = recordAnswers(ediths.page);
  await annas.openBoard(list.id);
  const [bensBoard, edithsBoard] = await Promise.all(
    [bens, ediths].map((window) => window.openBoard(list.id)),
  );

  // The form asks whom it is for.
  await annas.page.getByRole('button', { name: 'Add a gift' }).click();
  await annas.page.getByLabel('Name or link').fill(marker);
  const dialog = annas.page.getByRole('dialog');
  await expect(dialog.getByText('everybody who sees this list sees the card')).toBeVisible();
  await expect(dialog.getByRole('checkbox', { name: anna.name })).toHaveCount(0);
  await choose(annas.page, 'Edith');
  await expect(dialog.getByText('Edith does not see this card.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Add gift' }).click();

  // Ben sees it live, and whom it is for.
  await bensBoard?.shows({ idea: ['Lego castle', marker] });
  await expect(bensBoard!.card(marker)).toHaveAccessibleName(/, for Edith/);
  await expect(bensBoard!.card(marker).getByText('for Edith')).toBeVisible();

  // Edith does not, whatever happens to it, and her board is live.
  const item = (await ben.items(list.id)).find(({ gift }) => gift.name === marker) as ListItem;
  await ben.move(item, { status: 'purchased' });
  await ben.patch(`/list-items/${item.id}`, { notes: `${marker} is behind the skis` });
  await ben.move(shared, { status: 'selected' });
  await edithsBoard?.shows({ idea: [], selected: ['Lego castle'], purchased: [] });
  for (const path of ['/', '/lists', '/gifts', '/people', '/family', `/lists/${list.id}`]) {
    await ediths.page.goto(path);
    await expect(ediths.page.getByRole('heading').first()).toBeVisible();
    await ediths.page.waitForLoadState('networkidle');
    expect(await ediths.page.content(), path).not.toContain(marker);
  }
  expect(await boardOver(edith, list)).not.toContain(item.id);
  for (const wire of [JSON.stringify(ediths.frames.received), answers.join('\n')]) {
    expect(wire).toContain('Lego castle');
    for (const trace of [marker, item.id, item.gift.id]) expect(wire).not.toContain(trace);
  }
});

// Guarantees: P19
test('a card that turns out to be for Edith leaves her board, and comes back', async ({
  family,
  giftboard,
  open,
}) => {
  const { anna, edith, list } = await withEdith(family, giftboard.url);
  await anna.addItem(list.id, 'Lego castle');
  await anna.addItem(list.id, marker);
  const [annas, ediths] = (await Promise.all([anna, edith].map((m) => open(m)))) as [
    Window,
    Window,
  ];
  const [, edithsBoard] = await Promise.all([annas, ediths].map((w) => w.openBoard(list.id)));
  await edithsBoard?.shows({ idea: ['Lego castle', marker] });
  // She has just moved it, and its sheet and its gift's dialog are open.
  await edithsBoard?.moveByMenu(marker, 'Selected');
  await openSheet(ediths.page, marker);
  await ediths.page.getByRole('button', { name: 'Edit gift' }).click();
  await expect(ediths.page.getByRole('textbox', { name: 'Seen where' })).toBeVisible();

  const say = async () => {
    await openSheet(annas.page, marker);
    await choose(annas.page, 'Edith');
    await annas.page.getByRole('button', { name: 'Save' }).click();
    await expect(annas.page.getByRole('dialog')).toHaveCount(0);
  };
  await say();
  await edithsBoard?.shows({ idea: ['Lego castle'], selected: [] });
  await expect(ediths.page.getByRole('dialog')).toHaveCount(0);
  const body = ediths.page.locator('body');
  await expect(body).not.toContainText(/removed|deleted|hidden|Anna/);
  await ediths.page.keyboard.press('Control+z');
  await expect(body).toContainText(`${marker} is no longer on this list.`);

  await say();
  await edithsBoard?.shows({ idea: ['Lego castle'], selected: [marker] });
  await expect(ediths.page.getByRole('dialog')).toHaveCount(0);
});

test('an invite says beforehand what it hides', async ({ family, open }) => {
  const { anna, ben, list } = family;
  const person = (await anna.post('/persons', { name: 'Edith' })) as { id: string };
  await anna.addItem(list.id, marker, { recipient_ids: [person.id] });
  const { page } = await open(anna);
  await page.goto('/family');
  await page.getByRole('button', { name: 'Invite a member' }).click();
  await page.getByRole('radio', { name: 'Edith' }).check();
  const preview = page.getByRole('region', { name: 'What Edith will see' });
  await expect(preview).toContainText(`Edith will not see“${marker}” on the list “${list.name}”`);
  await expect(preview).toContainText(`${anna.name} and ${ben.name} see it now.`);
  await page.getByRole('button', { name: 'Make the link' }).click();
  await expect(page.getByRole('textbox', { name: 'Invite link' })).toBeVisible();
  await expect(preview).toContainText(`“${marker}” on the list “${list.name}”`);
});

// Guarantees: P19
test('what planners note about a wish is not its wisher’s to see', async ({ family, open }) => {
  const { anna, ben } = family;
  const wishlist = await ben.createList({
    name: 'Wishes of Ben',
    type: 'wishlist',
    person_id: ben.personId,
  });
  const gift = {
    name: 'Crime novel',
    notes: 'Set on an island',
    price: { amount: 1800, currency: 'EUR' },
  };
  await ben.post('/wishes', { list_id: wishlist.id, gift });
  const [annas, bens] = (await Promise.all([anna, ben].map((m) => open(m)))) as [Window, Window];
  const answers = recordAnswers(bens.page);
  await bens.page.goto(`/lists/${wishlist.id}`);
  await expect(bens.page.getByText('Crime novel')).toBeVisible();

  await annas.openBoard(wishlist.id);
  await openSheet(annas.page, 'Crime novel');
  const wish = annas.page.getByRole('region', { name: `What ${ben.name} wishes for` });
  await expect(wish).toContainText('Set on an island');
  await expect(annas.page.getByRole('button', { name: 'Edit gift' })).toHaveCount(0);
  await annas.page.getByLabel('Sale price').fill('9.90');
  await annas.page.getByLabel('Where to buy it').fill(`https://shop.example/${marker}`);
  await annas.page.getByRole('button', { name: 'Save' }).click();
  await expect(annas.page.getByRole('dialog')).toHaveCount(0);
  await expect(annas.page.getByRole('button', { name: /^Crime novel, .*9\.90/ })).toBeVisible();

  await bens.page.reload();
  await expect(bens.page.getByText('€18')).toBeVisible();
  for (const wire of [JSON.stringify(bens.frames.received), answers.join('\n')]) {
    expect(wire).not.toMatch(new RegExp(`${marker}|"amount":990\\b`));
  }
});
