import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(`../${path}.ts`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@tidings\/client$/, replacement: source('client/src/index') },
      { find: /^@tidings\/client\/presence$/, replacement: source('client/src/presence') },
    ],
  },
  test: {
    environment: 'jsdom',
    include: ['test/**/*.test.ts'],
    restoreMocks: true,
    // One that times out leaves its fake time to those after it: patience on a busy machine.
    testTimeout: 30_000,
  },
});
