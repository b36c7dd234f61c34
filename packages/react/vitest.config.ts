import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

const client = (entry: string) =>
  fileURLToPath(new URL(`../client/src/${entry}.ts`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@tidings\/client$/, replacement: client('index') },
      { find: /^@tidings\/client\/presence$/, replacement: client('presence') },
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
