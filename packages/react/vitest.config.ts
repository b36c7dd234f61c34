import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(`../${path}.ts`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@tidings\/client$/, replacement: source('client/src/index') },
      { find: /^@tidings\/client\/presence$/, replacement: source('client/src/presence') },
      { find: /^@tidings\/query$/, replacement: source('query/src/index') },
    ],
  },
  test: {
    environment: 'jsdom',
    include: ['test/**/*.test.{ts,tsx}'],
    typecheck: {
      enabled: true,
      include: ['test/**/*.test-d.{ts,tsx}'],
      tsconfig: './tsconfig.json',
    },
    // Catches what hangs, and nothing that a busy machine delays.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    restoreMocks: true,
  },
});
