import { Member, call } from '../harness/api';
import { annasAccount, bensAccount, expect, test } from '../harness/fixtures';
import { Giftboard } from '../harness/giftboard';

test('an invite lets one member in', async ({ giftboard, open, complaints }) => {
  complaints.expect(/the server responded with a status of 410/);
  const anna = await Member.setUp(giftboard.url, giftboard.setupToken, annasAccount);
  const annas = await open(anna);
  await annas.page.goto('/family');
  await annas.page.getByRole('button', { name: 'Invite a member' }).click();
  await annas.page.getByRole('button', { name: 'Make the link' }).click();
  const link = await annas.page.getByRole('textbox', { name: 'Invite link' }).inputValue();
  expect(link).toMatch(/\/join#[A-Za-z0-9_.~-]+$/);
  await expect(annas.page.getByText('This address works on this computer only')).toBeVisible();

  const join = new URL(link);
  const bens = await open(undefined);
  await bens.page.goto(`/join${join.hash}`);
  await expect(bens.page.getByRole('heading', { name: 'Join The Winters' })).toBeVisible();
  await bens.page.getByLabel('Your name').fill(bensAccount.name);
  await bens.page.getByLabel('Email').fill(bensAccount.email);
  await bens.page.getByLabel('Password').fill(bensAccount.password);
  await bens.page.getByRole('button', { name: 'Join' }).click();
  await expect(bens.page).toHaveURL(`${giftboard.url}/`);

  const late = await open(undefined);
  await late.page.goto(`/join${join.hash}`);
  await expect(late.page.getByRole('heading', { name: 'This invite does not work' })).toBeVisible();
  await expect(late.page.getByText(/used/i)).toBeVisible();

  const again = await call(giftboard.url, 'POST', '/auth/register', {
    ...bensAccount,
    invite: join.hash.slice(1),
    email: 'carl@example.test',
  });
  expect(again.status).toBe(410);
  expect(again.body).toMatchObject({ code: 'used' });
});

test('an invite that others can reach is shown as a QR code too', async ({ open }) => {
  const address = 'https://gifts.example.test';
  const giftboard = await Giftboard.start(undefined, ['--public-url', address]);
  try {
    const anna = await Member.setUp(giftboard.url, giftboard.setupToken, annasAccount);
    const { page } = await open(anna, { baseURL: giftboard.url });
    await page.goto('/family');
    await page.getByRole('button', { name: 'Invite a member' }).click();
    await page.getByRole('button', { name: 'Make the link' }).click();
    const link = page.getByRole('textbox', { name: 'Invite link' });
    await expect(link).toHaveValue(new RegExp(`^${address}/join#[A-Za-z0-9_.~-]+$`));
    await expect(page.getByRole('img', { name: 'QR code of the invite link' })).toBeVisible();
    await page.close();
  } finally {
    await giftboard.dispose();
  }
});
