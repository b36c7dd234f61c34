import type { Page } from '@playwright/test';

import { call } from '../harness/api';
import { annasAccount, expect, test } from '../harness/fixtures';

test('the setup link makes the first account, and works once', async ({ giftboard, open }) => {
  const { page } = await open(undefined);
  await page.goto(`/setup#${giftboard.setupToken}`);
  await fillIn(page);
  await page.getByRole('button', { name: 'Create our dashboard' }).click();
  await expect(page).toHaveURL(`${giftboard.url}/`);
  await expect(page.getByText('The Winters').first()).toBeVisible();

  const another = await open(undefined);
  await another.page.goto(`/setup#${giftboard.setupToken}`);
  await expect(another.page.getByRole('heading', { name: 'Already set up' })).toBeVisible();

  const again = await call(giftboard.url, 'POST', '/setup', {
    token: giftboard.setupToken,
    family_name: 'The Others',
    name: 'Mallory',
    email: 'mallory@example.test',
    password: 'let me in, please',
  });
  expect(again.status).toBe(410);
  expect(again.body).toMatchObject({ code: 'used' });
});

test('without the right setup link there is no setup', async ({ giftboard, open, complaints }) => {
  complaints.expect(/the server responded with a status of 403/);
  const { page } = await open(undefined);
  await page.goto('/setup#made-up');
  await expect(page.getByRole('heading', { name: 'This setup link does not work' })).toBeVisible();
  const made = await call(giftboard.url, 'POST', '/setup', {
    token: 'made-up',
    family_name: 'The Others',
    name: 'Mallory',
    email: 'mallory@example.test',
    password: 'let me in, please',
  });
  expect(made.status).toBe(403);
  const setup = await call(giftboard.url, 'GET', '/setup');
  expect(setup.body).toMatchObject({ needed: true });
});

async function fillIn(page: Page): Promise<void> {
  await page.getByLabel('Family name').fill('The Winters');
  await page.getByLabel('Your name').fill(annasAccount.name);
  await page.getByLabel('Email').fill(annasAccount.email);
  await page.getByLabel('Password').fill(annasAccount.password);
}
