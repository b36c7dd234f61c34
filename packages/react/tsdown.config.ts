import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/indicator.ts',
    'src/optimistic.ts',
    'src/polling.ts',
    'src/presence.ts',
  ],
  format: 'esm',
  dts: true,
  platform: 'neutral',
  target: 'es2022',
  // What the entries share is one file: they need one React context and one bridge.
  outputOptions: {
    codeSplitting: {
      groups: [
        {
          name: 'core',
          test: /src\/(bridge\/[a-z]+|provider|useRealtimeSync|useWebSocket)\.tsx?$/,
        },
      ],
    },
  },
});
