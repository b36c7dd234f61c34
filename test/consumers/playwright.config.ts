import { defineConfig } from '@playwright/test';

import { browserUse } from '../e2e/harness/browser';

/** Packs the packages as npm would publish them, and opens what consumers build with them. */
export default defineConfig({
  testDir: 'specs',
  outputDir: 'test-results',
  // Bundlers take all the cores there are.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  // An install and a build on a small machine.
  timeout: 5 * 60_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: { ...browserUse, screenshot: 'only-on-failure' },
});
