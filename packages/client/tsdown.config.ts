import { shrink } from '../../scripts/internal-names.mjs';
import { defineConfig, type UserConfig } from 'tsdown';

const shared = {
  entry: ['src/index.ts', 'src/codes.ts', 'src/presence.ts', 'src/validate.ts'],
  dts: true,
  platform: 'neutral',
  target: 'es2022',
  plugins: [shrink('client')],
} satisfies UserConfig;

export default defineConfig([
  // What `#env` is, the app's bundler says.
  { ...shared, format: 'esm', external: ['#env'] },
  // For Jest and Metro, which know no `import.meta`.
  { ...shared, format: 'cjs', alias: { '#env': `${import.meta.dirname}/env/none.js` } },
]);
