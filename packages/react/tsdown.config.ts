import { shrink } from '../../scripts/internal-names.mjs';
import { defineConfig } from 'tsdown';

/** What every app has: one chunk, whose imports count once. */
const BASE = /src\/(core|provider|reader|useRealtimeSync|useWebSocket)\.tsx?$/;

const ENTRY = /^(index|indicator|optimistic|polling|presence|server)$/;

/** Each other file is a chunk of its own. */
function chunkOf(path: string): string | null {
  const name = /src\/([^/.]+)\.tsx?$/.exec(path)?.[1];
  return !name || ENTRY.test(name) ? null : name;
}

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
  plugins: [shrink('react')],
  hash: false,
  outputOptions: {
    // The entries share one React context and one bridge.
    codeSplitting: {
      groups: [
        { name: 'hooks', test: BASE, priority: 1 },
        { name: chunkOf, priority: 0 },
      ],
    },
    minifyInternalExports: false,
    // A bundler drops the directives of what it joins; entries have none.
    banner: ({ isEntry, fileName }) =>
      isEntry || !/\.c?js$/.test(fileName) ? '' : "'use client';\n",
  },
});
