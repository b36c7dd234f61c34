import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

import type { Page } from '@playwright/test';
import type axe from 'axe-core';

import { desktop, phone } from '../harness/browser';
import { expect, test } from '../harness/fixtures';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

/** Breaches of WCAG 2.2 AA that keep somebody out, each with where it is. */
async function seriousBreaches(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      // Compares names with initials and pictures that are hidden from screen readers anyway.
      rules: { 'label-content-name-mismatch': { enabled: false } },
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`,
      ),
    );
}

/** Dialogs that ask or say whom something is for, and the way to each. */
const dialogsOf = (page: Page, listId: string) => ({
  'a new card': async () => {
    await page.goto(`/lists/${listId}`);
    await page.getByRole('button', { name: 'Add a gift' }).filter({ visible: true }).click();
  },
  'a card': async () => {
    await page.goto(`/lists/${listId}`);
    await page.getByRole('button', { name: /^Lego castle, / }).click();
  },
  'an invite': async () => {
    await page.goto('/family?invite=true');
    await page.getByRole('radio', { name: 'Edith' }).check();
    await expect(page.getByRole('region', { name: 'What Edith will see' })).toBeVisible();
  },
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [device, viewport] of Object.entries({ desktop, phone })) {
    test(`every page is accessible, ${colorScheme}, on a ${device}`, async ({ family, open }) => {
      const { anna, list } = family;
      await anna.addItem(list.id, 'Lego castle', { assignee_id: anna.userId });
      const edith = (await anna.post('/persons', { name: 'Edith' })) as { id: string };
      const recipient_ids = [edith.id];
      await anna.addItem(list.id, 'Wool socks', { status: 'purchased', recipient_ids });
      const { page } = await open(anna, { colorScheme, viewport, reducedMotion: 'reduce' });
      const breaches: Record<string, string[]> = {};
      for (const path of [
        '/',
        '/lists',
        `/lists/${list.id}`,
        '/people',
        '/occasions',
        '/gifts',
        '/family',
      ]) {
        await page.goto(path);
        await expect(page.getByRole('heading').first()).toBeVisible();
        await page.waitForLoadState('networkidle');
        breaches[path] = await seriousBreaches(page);
      }
      for (const [name, openDialog] of Object.entries(dialogsOf(page, list.id))) {
        await openDialog();
        await expect(page.getByRole('dialog')).toBeVisible();
        await page.waitForLoadState('networkidle');
        breaches[name] = await seriousBreaches(page);
      }
      expect(Object.entries(breaches).filter(([, found]) => found.length > 0)).toEqual([]);
    });
  }

  test(`the pages of strangers are accessible, ${colorScheme}`, async ({
    giftboard,
    open,
    complaints,
  }) => {
    complaints.expect(/status of 404 .*\/auth\/invites\/check/);
    const { page } = await open(undefined, { colorScheme, reducedMotion: 'reduce' });
    for (const path of ['/login', `/setup#${giftboard.setupToken}`, '/join#made-up']) {
      await page.goto(path);
      await expect(page.getByRole('heading').first()).toBeVisible();
      expect(await seriousBreaches(page), path).toEqual([]);
    }
  });
}
