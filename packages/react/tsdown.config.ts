import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/indicator.ts',
    'src/optimistic.ts',
    'src/polling.ts',
    'src/presence.ts',
    'src/server.ts',
  ],
  // CommonJS is for Jest, and for Metro where it is asked for by `require`.
  format: ['esm', 'cjs'],
  dts: true,
  platform: 'neutral',
  target: 'es2022',
  // Each file keeps its 'use client', and the entries share one React context and one bridge.
  unbundle: true,
});
