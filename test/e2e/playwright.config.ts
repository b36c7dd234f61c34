import { defineConfig } from '@playwright/test';

import { browserUse } from './harness/browser';

/** Each test starts a server of its own, so they may run side by side. */
export default defineConfig({
  testDir: 'specs',
  outputDir: 'test-results',
  fullyParallel: true,
  workers: 2,
  // A test that fails once has found something: it is not run again until it passes.
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: { ...browserUse, screenshot: 'only-on-failure' },
});
