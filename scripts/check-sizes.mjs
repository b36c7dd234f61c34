// What an app ships of ours: a production build of an app that imports some names, minified, with
// React and TanStack Query outside, all chunks of ours summed, those that are loaded later too.

import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';

/**
 * The most that an import may cost, in bytes: in all, or beyond what another import costs already.
 *
 * @type {{ names: string; from: string; beyond?: string; limit: number }[]}
 */
const BUDGETS = [
  { names: 'createClient', from: '@tidings/client', limit: 4800 },
  { names: 'CLOSE_CODES', from: '@tidings/client/codes', limit: 500 },
  { names: 'watchPresence, onSignal, sendSignal', from: '@tidings/client/presence', limit: 1000 },
  { names: 'validated', from: '@tidings/client/validate', limit: 1000 },
  {
    names: 'WebSocketProvider, useRealtimeSync, useWebSocket',
    from: '@tidings/react',
    limit: 9000,
  },
  { names: 'optimisticUpdate, newMutationId', from: '@tidings/react', limit: 2500 },
  { names: 'ConnectionIndicator, ConnectionIndicatorCompact', from: '@tidings/react', limit: 1200 },
  { names: 'usePollingFallback', from: '@tidings/react', limit: 1000 },
  { names: 'usePresence, useSignal', from: '@tidings/react', limit: 1500 },
  { names: 'tagPosition', from: '@tidings/react', limit: 400 },
  { names: 'bridgeOf, changeUser, expectUser, syncTopic', from: '@tidings/query', limit: 4500 },
  {
    names: 'provideTidings, useConnectionStatus, useRealtimeSync',
    from: '@tidings/vue',
    limit: 9500,
  },
];

/** What every app has that has any of @tidings/react. */
const BASE = 'WebSocketProvider, useRealtimeSync, useWebSocket';
const ALONE = ['tagPosition', BASE];

/** The bytes of an app that imports these names, and of nothing else. */
async function sizeOf(imports) {
  const lines = imports.map(({ names, from }) => `export { ${names} } from '${from}';`);
  const { outputFiles } = await build({
    stdin: { contents: lines.join('\n'), resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    outdir: 'app',
    write: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    external: ['react', 'react-dom', 'react/*', 'vue', '@tanstack/*'],
    legalComments: 'none',
    // The published files, not the sources that a tsconfig.json of ours points to.
    tsconfigRaw: {},
  });
  return outputFiles.reduce(
    (sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length,
    0,
  );
}

let isOver = false;
for (const budget of BUDGETS) {
  const { names, from, limit } = budget;
  const isAdded = from === '@tidings/react' && !ALONE.includes(names);
  const base = isAdded ? [{ names: BASE, from }] : [];
  const size = (await sizeOf([...base, budget])) - (isAdded ? await sizeOf(base) : 0);
  isOver ||= size > limit;
  const verdict = size > limit ? 'TOO MUCH' : 'fine';
  const added = isAdded ? ', added' : '';
  process.stdout.write(`${verdict}: ${size} of ${limit} bytes for ${names} of ${from}${added}\n`);
}
if (isOver) process.exitCode = 1;
