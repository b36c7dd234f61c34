import { phone } from '../harness/browser';
import { expect, test } from '../harness/fixtures';

const pages = ['/', '/lists', '/people', '/occasions', '/gifts', '/family'];

test('no page is wider than a phone', async ({ family, open }) => {
  const { anna, list } = family;
  await anna.addItem(
    list.id,
    'A_gift_with_one_very_long_word_in_its_name_that_cannot_be_broken_anywhere',
  );
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
