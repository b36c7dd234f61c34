import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const root = fileURLToPath(new URL('.', import.meta.url));

/**
 * A package that may not import others, and why.
 *
 * @param {string} files
 * @param {string[]} banned
 * @param {string} why
 */
function ban(files, banned, why) {
  const group = banned.flatMap((name) => [name, `${name}/**`]);
  return {
    files: [files],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ group, message: why }] },
      ],
    },
  };
}

/** Imports between packages point one way: client ← query ← react, vue; react ← web; api ← web. */
const packageDirections = [
  ban(
    'packages/client/src/**',
    ['react', 'react-dom', '@tanstack/*', '@tidings/*'],
    'The client is the core: it knows no framework and depends on nothing, so that any app can use it.',
  ),
  {
    files: ['packages/query/src/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: [
                'react',
                'react-dom',
                'vue',
                '@tidings/*',
                '!@tidings/client',
                '@tanstack/*-query',
              ],
              message: 'The bridge is for any framework: it knows the client, and no binding.',
            },
            {
              group: ['@tanstack/query-core'],
              allowTypeImports: true,
              message:
                'A binding passes in what the bridge uses at run time: two copies do no harm.',
            },
          ],
        },
      ],
    },
  },
  ban(
    'packages/react/src/**',
    ['react-dom', '@tidings/api', '@tidings/web', '@tidings/vue', '@tanstack/query-core'],
    'The React binding is a thin layer over the bridge, for any app: it knows nothing of this one.',
  ),
  ban(
    'packages/vue/src/**',
    ['react', 'react-dom', '@tidings/api', '@tidings/react', '@tanstack/query-core'],
    'The Vue binding is a thin layer over the bridge, as the React binding is.',
  ),
  ban(
    'packages/api/src/**',
    ['react', 'react-dom', '@tanstack/*', '@tidings/*'],
    'The REST types and client are generated from OpenAPI: they know neither the UI nor realtime.',
  ),
];

const web = `${root}web/src`;

/** The features of the dashboard: one folder each. */
const features = readdirSync(`${web}/features`);

/** Inside the UI: shared ← features ← app, and features are strangers to one another. */
const webDirections = [
  ...features.map((feature) => ({
    target: `${web}/features/${feature}`,
    from: `${web}/features`,
    except: [`./${feature}`],
    message: 'Features never import features: move what both need into components, hooks or lib.',
  })),
  {
    target: `${web}/features`,
    from: [`${web}/app`],
    message: 'The app composes features, not the other way round.',
  },
  {
    target: [`${web}/components`, `${web}/hooks`, `${web}/lib`],
    from: [`${web}/features`, `${web}/app`],
    message: 'Shared code serves every feature, so it may know none.',
  },
];

export default defineConfig(
  globalIgnores([
    '**/dist/',
    '**/*.gen.ts',
    'bin/',
    'data/',
    'tmp/',
    '**/test-results/',
    '**/.next/',
    '**/next-env.d.ts',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: root,
      },
    },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createNodeResolver({
          extensions: ['.ts', '.tsx', '.js', '.json'],
          alias: { '@': [web] },
        }),
      ],
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      // React calls handlers and does not look at what they return.
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { attributes: false } },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': ['error', { allow: ['warn', 'error'] }],
      'import-x/no-cycle': 'error',
      'import-x/no-duplicates': 'error',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: globals.node },
  },

  {
    // What stands alone: its imports are not there when this runs, and its own build checks types.
    files: [
      'examples/**',
      'test/guide/**',
      'test/consumers/{jest,native,seed,vite}/**/*.{cjs,js,jsx,ts,tsx}',
    ],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { projectService: false } },
    rules: { 'no-console': 'off' },
  },
  {
    // CommonJS is what they are about.
    files: ['test/consumers/{jest,native}/**'],
    languageOptions: { globals: { ...globals.node, ...globals.browser, ...globals.jest } },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },

  {
    files: ['packages/react/**/*.{ts,tsx}', 'web/**/*.{ts,tsx}', 'examples/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat['recommended-latest']],
  },
  {
    files: ['packages/react/**/*.tsx', 'web/**/*.tsx', 'examples/**/*.tsx'],
    extends: [jsxA11y.flatConfigs.strict],
    // A dialog or a log-in page that opens puts the focus into its first field.
    rules: { 'jsx-a11y/no-autofocus': 'off' },
  },

  packageDirections,
  {
    files: ['web/src/**'],
    rules: { 'import-x/no-restricted-paths': ['error', { zones: webDirections }] },
  },

  {
    // Tools that talk to a person on the terminal.
    files: ['scripts/**', 'bench/**', 'test/**'],
    rules: {
      'no-console': 'off',
      // Playwright finds out what a fixture needs by its pattern, empty or not.
      'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }],
    },
  },
);
