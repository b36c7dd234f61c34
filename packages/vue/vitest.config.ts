import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(`../${path}.ts`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@tidings\/client$/, replacement: source('client/src/index') },
      { find: /^@tidings\/query$/, replacement: source('query/src/index') },
    ],
  },
  test: { environment: 'jsdom', include: ['test/**/*.test.ts'], restoreMocks: true },
});
