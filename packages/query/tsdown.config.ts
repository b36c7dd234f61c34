import { shrink } from '../../scripts/internal-names.mjs';
import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  dts: true,
  platform: 'neutral',
  target: 'es2022',
  plugins: [shrink('query')],
});
