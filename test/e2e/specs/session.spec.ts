import { call } from '../harness/api';
import { expect, test } from '../harness/fixtures';

test('logging in by the form survives a reload', async ({ family, giftboard, open }) => {
  const { page } = await open(undefined);
  await page.goto('/');
  await expect(page).toHaveURL(/\/login/);
  await page.getByLabel('Email').fill(family.ben.account.email);
  await page.getByLabel('Password').fill(family.ben.account.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('link', { name: family.list.name }).first()).toBeVisible();
  await page.reload();
  await expect(page.getByRole('link', { name: family.list.name }).first()).toBeVisible();
  expect(page.url()).toBe(`${giftboard.url}/`);
});

test('a wrong password and an unknown email get the same answer', async ({
  family,
  open,
  complaints,
}) => {
  complaints.expect(/the server responded with a status of 401/);
  const { page } = await open(undefined);
  const refusals: string[] = [];
  for (const email of [family.ben.account.email, 'nobody@example.test']) {
    await page.goto('/login');
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Log in' }).click();
    refusals.push(await page.getByRole('alert').innerText());
  }
  expect(refusals[0]).not.toBe('');
  expect(refusals[1]).toBe(refusals[0]);
});

test('two tabs that load at once both stay logged in', async ({ family, open }) => {
  const window = await open(family.ben);
  const other = await window.context.newPage();
  const pages = [window.page, other];
  await Promise.all(pages.map((page) => page.goto(`/lists/${family.list.id}`)));
  for (const page of pages) {
    await expect(page.getByRole('heading', { name: family.list.name })).toBeVisible();
  }
  await Promise.all(pages.map((page) => page.reload()));
  for (const page of pages) {
    await expect(page.getByRole('heading', { name: family.list.name })).toBeVisible();
  }
});

test('logging out ends the session, its sockets and its token', async ({
  family,
  giftboard,
  open,
  complaints,
}) => {
  complaints.expect(/the server responded with a status of 401|\[tidings\] token_invalid/);
  const window = await open(family.ben);
  await window.openBoard(family.list.id);
  const other = await window.openTab();
  await other.openBoard(family.list.id);
  const token = window.frames.token;

  const closed = Promise.all([window, other].map((tab) => tab.frames.socketClosed()));
  await window.logOut();
  await closed;

  await expect(window.page).toHaveURL(/\/login/);
  await expect(other.page).toHaveURL(/\/login/);
  const refused = await call(giftboard.url, 'GET', '/auth/me', undefined, token);
  expect(refused.status, 'the token of an ended session').toBe(401);
  await window.page.reload();
  await expect(window.page).toHaveURL(/\/login/);
});
