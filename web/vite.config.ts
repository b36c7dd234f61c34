import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Where `giftboard` listens while the UI is served by Vite. */
const DEV_SERVER = process.env.GIFTBOARD_URL ?? 'http://localhost:8000';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  envPrefix: ['VITE_', 'NEXT_PUBLIC_'],
  resolve: {
    alias: {
      '@': here('./src'),
      // Subpaths first: an alias also takes what begins with it.
      '@tidings/client/presence': here('../packages/client/src/presence.ts'),
      '@tidings/react/indicator': here('../packages/react/src/indicator.ts'),
      '@tidings/react/optimistic': here('../packages/react/src/optimistic.ts'),
      '@tidings/react/polling': here('../packages/react/src/polling.ts'),
      '@tidings/react/presence': here('../packages/react/src/presence.ts'),
      '@tidings/client': here('../packages/client/src/index.ts'),
      '@tidings/react': here('../packages/react/src/index.ts'),
      '@tidings/api': here('../packages/api/src/index.ts'),
    },
    dedupe: ['react', 'react-dom', '@tanstack/react-query'],
  },
  // The server replaces this placeholder by a fresh nonce in every page it serves.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    // Nothing is inlined as data: URIs, so that the page's policy can forbid them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
  server: {
    proxy: {
      '/api': { target: DEV_SERVER },
      '/ws': { target: DEV_SERVER, ws: true },
    },
  },
  test: {
    restoreMocks: true,
    // Catches what hangs, and nothing that a busy machine delays.
    testTimeout: 60_000,
    // A page is slow to set up: only components get one.
    projects: [
      {
        extends: true,
        test: { name: 'logic', environment: 'node', include: ['src/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'components',
          environment: 'jsdom',
          include: ['src/**/*.test.tsx'],
          setupFiles: ['src/lib/test-setup.ts'],
        },
      },
    ],
  },
});
