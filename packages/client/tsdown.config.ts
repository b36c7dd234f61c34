import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: ['src/index.ts', 'src/codes.ts', 'src/presence.ts', 'src/validate.ts'],
  format: 'esm',
  dts: true,
  platform: 'neutral',
  target: 'es2022',
});
