import { phone } from '../harness/browser';
import { expect, test } from '../harness/fixtures';

const pages = ['/', '/lists', '/people', '/occasions', '/gifts', '/family'];

/** A name that breaks nowhere. */
const endless = 'A_name_with_one_very_long_word_in_it_that_cannot_be_broken_anywhere';

test('no page is wider than a phone', async ({ family, open }) => {
  const { anna, list } = family;
  await anna.addItem(list.id, endless);
  for (let i = 1; i <= 8; i++) await anna.addItem(list.id, `Gift number ${i}`);
  const window = await open(anna, { viewport: phone, hasTouch: true, isMobile: true });
  const widths: Record<string, number> = {};
  for (const path of [...pages, `/lists/${list.id}`]) {
    await window.page.goto(path);
    await expect(window.page.getByRole('heading').first()).toBeVisible();
    widths[path] = await window.page.evaluate(() => document.documentElement.scrollWidth);
  }
  const expected = Object.keys(widths).map((path) => [path, phone.width]);
  expect(widths).toEqual(Object.fromEntries(expected));
});

test('no dialog about whom something is for is wider than a phone', async ({ family, open }) => {
  const { anna, list } = family;
  const person = { name: endless, relationship: endless };
  const { id } = (await anna.post('/persons', person)) as { id: string };
  await anna.addItem(list.id, endless, { recipient_ids: [id] });
  const { page } = await open(anna, { viewport: phone, hasTouch: true, isMobile: true });
  const fits = async () => {
    await page.waitForLoadState('networkidle');
    const wide = await page
      .getByRole('dialog')
      .locator('div')
      .evaluateAll((parts) =>
        parts
          .filter((part) => getComputedStyle(part).overflowY === 'auto')
          .map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth),
      );
    expect(wide).toEqual([0]);
  };

  await page.goto(`/lists/${list.id}`);
  const card = page.getByRole('button', { name: new RegExp(`, for ${endless}`) });
  expect((await card.boundingBox())?.width).toBeLessThan(phone.width);
  await page.getByRole('button', { name: 'Add a gift' }).click();
  await fits();
  await page.keyboard.press('Escape');
  await card.click();
  await fits();
  await page.goto('/family?invite=true');
  await page.getByRole('radio', { name: endless }).check();
  await expect(page.getByRole('region', { name: /will see/ })).toBeVisible();
  await fits();
});
