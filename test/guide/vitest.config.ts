import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  resolve: {
    alias: { '@/': fileURLToPath(new URL('../../tmp/guide/app/', import.meta.url)) },
  },
  test: {
    environment: 'jsdom',
    include: ['*.test.{ts,tsx}'],
    setupFiles: ['patience.ts'],
    // Real servers, on a small machine.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    restoreMocks: true,
  },
});
