import { defineConfig } from '@playwright/test';

import { browserUse } from '../../test/e2e/harness/browser';

/** One measurement, alone on the machine. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.bench.ts',
  outputDir: '../../tmp/bench-ui',
  workers: 1,
  timeout: 10 * 60_000,
  reporter: [['line']],
  use: browserUse,
});
