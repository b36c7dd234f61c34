import { fileURLToPath } from 'node:url';

import { defineConfig, mergeConfig } from 'vitest/config';

import base from './vitest.config';

const built = (path: string) => fileURLToPath(new URL(`${path}.js`, import.meta.url));

/** The packages as they are published, in which internal names are short. */
export default mergeConfig(
  { ...base, resolve: undefined, test: { ...base.test, include: undefined, typecheck: undefined } },
  defineConfig({
    resolve: {
      alias: [
        { find: /^@tidings\/client$/, replacement: built('../client/dist/index') },
        { find: /^@tidings\/client\/presence$/, replacement: built('../client/dist/presence') },
        { find: /^@tidings\/query$/, replacement: built('../query/dist/index') },
        {
          find: /^\.\.\/src\/(index|indicator|optimistic|polling|presence)$/,
          replacement: built('./dist/$1'),
        },
      ],
    },
    test: {
      include: [
        'test/{hooks,races,layers,ledger,positions,filters,access,identity,presence,polling,topics,hung,pages,echoes}.test.tsx',
      ],
    },
  }),
);
