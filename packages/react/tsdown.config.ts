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
  format: 'esm',
  dts: true,
  platform: 'neutral',
  target: 'es2022',
  // Each file keeps its 'use client', and the entries share one React context and one bridge.
  unbundle: true,
});
