import { fileURLToPath } from 'node:url';

import { defineConfig, mergeConfig } from 'vitest/config';

import base from './vitest.config';

const compat = (name: string) =>
  fileURLToPath(new URL(`./compat/node_modules/${name}`, import.meta.url));

const testingLibrary = new URL(
  'package.json',
  import.meta.resolve('@testing-library/react/package.json'),
);

/** The main behaviours with the oldest React and TanStack Query that are supported. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: undefined, typecheck: undefined } },
  defineConfig({
    resolve: {
      alias: [
        // As a module: what it would `require` no alias can reach.
        {
          find: /^@testing-library\/react$/,
          replacement: fileURLToPath(new URL('dist/@testing-library/react.esm.js', testingLibrary)),
        },
        {
          find: /^@tanstack\/react-query$/,
          replacement: compat('@tanstack/react-query/build/modern/index.js'),
        },
        { find: /^react$/, replacement: compat('react/index.js') },
        { find: /^react\/jsx-(dev-)?runtime$/, replacement: compat('react/jsx-$1runtime.js') },
        { find: /^react-dom$/, replacement: compat('react-dom/index.js') },
        { find: /^react-dom\/(client|server|test-utils)$/, replacement: compat('react-dom/$1.js') },
      ],
    },
    test: {
      include: [
        'test/oldest.check.tsx',
        'test/{hooks,races,mistakes,layers,ledger,prefixes,indicator,polling,presence}.test.tsx',
      ],
      // What TanStack Query 5.0 had not: a staleTime 'static', and a say in how data is dehydrated.
      testNamePattern: /^(?!.*(staleTime 'static'|persistence sees the base))/,
      // So that TanStack Query and the Testing Library get the same React.
      server: { deps: { inline: [/^(?!.*compat)/] } },
    },
  }),
);
