import { shrink } from '../../scripts/internal-names.mjs';
import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: ['src/index.ts'],
  // CommonJS is for Jest, and for Metro where it is asked for by `require`.
  format: ['esm', 'cjs'],
  dts: true,
  platform: 'neutral',
  target: 'es2022',
  plugins: [shrink('query')],
});
