import type { Page } from '@playwright/test';

import type { Account, List } from '../harness/api';
import { expect, test, type Family } from '../harness/fixtures';

/** A list that Ben must not learn of, and Anna's way to it over some pages. */
async function annaAtASecret({ anna, ben }: Family, page: Page): Promise<List> {
  const secret = await anna.createList({
    name: 'Surprises for Ben',
    person_id: ben.personId,
    hidden_from_person: true,
  });
  await anna.addItem(secret.id, 'Telescope');
  await page.goto('/');
  await fillIn(page, anna.account);
  await page.getByRole('link', { name: secret.name }).first().click();
  await expect(page.getByRole('heading', { name: secret.name })).toBeVisible();
  await expect(page.getByText('Telescope')).toBeVisible();
  return secret;
}

async function fillIn(page: Page, { email, password }: Account): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** What the tab itself could tell of a list: addresses, titles and what is stored. */
const traces = (page: Page) =>
  page.evaluate(() =>
    JSON.stringify({
      address: location.href,
      title: document.title,
      state: history.state as unknown,
      stored: [{ ...sessionStorage }, { ...localStorage }],
      text: document.body.innerText,
    }),
  );

/** Walks back to the tab's first page, looking at each on the way. */
async function walkBack(page: Page, look: () => Promise<void>): Promise<void> {
  const { length } = await page.evaluate(() => history);
  for (let i = 1; i < length; i++) {
    await page.evaluate(() => history.back());
    await page.waitForLoadState('networkidle');
    await look();
  }
}

// Guarantees: P20
test('who logs in after somebody’s log-out finds nothing of theirs', async ({ family, open }) => {
  const { page } = await open(undefined);
  const secret = await annaAtASecret(family, page);
  await page.getByRole('button', { name: 'Move Telescope' }).click();
  await page.getByRole('menuitem', { name: 'Move to Selected' }).click();
  await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible();
  await page.getByRole('button', { name: 'Account menu' }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await expect(page.getByLabel('Email')).toBeVisible();

  const findsNothing = async () => {
    const found = await traces(page);
    for (const trace of [secret.id, secret.name, 'Telescope']) expect(found).not.toContain(trace);
  };
  await findsNothing();
  await page.reload();
  await fillIn(page, family.ben.account);
  await expect(page.getByRole('heading', { name: 'Hello Ben' })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe('/');
  await findsNothing();
  await walkBack(page, findsNothing);
});

// Guarantees: P20
test('only the same user comes back to where a login ended elsewhere', async ({
  family,
  open,
  complaints,
}) => {
  complaints.expect(/the server responded with a status of 401|\[tidings\] token_invalid/);
  const { anna, ben } = family;
  const { page } = await open(undefined);
  const secret = await annaAtASecret(family, page);
  const endElsewhere = async () => {
    const answer = await page.request.post('/api/v1/auth/logout', {
      headers: { Origin: new URL(page.url()).origin },
    });
    expect(answer.ok()).toBe(true);
    await expect(page.getByLabel('Email')).toBeVisible();
  };

  await endElsewhere();
  expect(page.url()).not.toContain(secret.id);
  await fillIn(page, anna.account);
  await expect(page.getByRole('heading', { name: secret.name })).toBeVisible();

  await endElsewhere();
  await fillIn(page, ben.account);
  await expect(page.getByRole('heading', { name: 'Hello Ben' })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe('/');
});

// Guarantees: P20
test('a page that slept through a change of users takes the new one home', async ({
  family,
  open,
  complaints,
}) => {
  // Anna's session has ended, so the page may ask as Ben for where it is, and gets nothing.
  complaints.expect(/the server responded with a status of 404 .*\/lists\//);
  const { page, context } = await open(undefined);
  const secret = await annaAtASecret(family, page);
  const { email, password } = family.ben.account;
  const answer = await context.request.post('/api/v1/auth/login', { data: { email, password } });
  expect(answer.ok()).toBe(true);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Hello Ben' })).toBeVisible();
  expect(await traces(page)).not.toContain(secret.id);
});

test('a link that is opened before the log-in is where it leads', async ({ family, open }) => {
  const { page } = await open(undefined);
  await page.goto(`/lists/${family.list.id}`);
  await fillIn(page, family.ben.account);
  await expect(page.getByRole('heading', { name: family.list.name })).toBeVisible();
});

// Guarantees: P21
test('a log-in leads to no other site', async ({ family, giftboard, open }) => {
  for (const next of [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/.//evil.example',
  ]) {
    const { page } = await open(undefined);
    const visited: string[] = [];
    page.on('request', (request) => visited.push(request.url()));
    await page.goto(`/login?next=${encodeURIComponent(next)}`);
    await fillIn(page, family.ben.account);
    await expect(page.getByRole('heading', { name: 'Hello Ben' })).toBeVisible();
    expect(page.url()).toBe(`${giftboard.url}/`);
    expect(visited.filter((url) => url.includes('//evil'))).toEqual([]);
  }
});
