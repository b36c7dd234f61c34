import { defineConfig } from '@playwright/test';

import { browserUse } from '../../test/e2e/harness/browser';

/** Pictures of the sample family's dashboard. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.shots.ts',
  outputDir: '../../tmp/screenshots/.playwright',
  workers: 1,
  timeout: 5 * 60_000,
  reporter: [['list']],
  use: browserUse,
});
