import { transformAsync } from '@babel/core';
import compiler from 'babel-plugin-react-compiler';
import { defineConfig, mergeConfig, type Plugin } from 'vitest/config';

import base from './vitest.config';

/** Our own code, and what the tests share. Components within a test are none to it: it hoists them. */
const COMPILED = /\/packages\/react\/(src\/.*|test\/(harness|compiler\.check))\.tsx?$/;

const reactCompiler: Plugin = {
  name: 'react-compiler',
  enforce: 'pre',
  async transform(code, id) {
    if (!COMPILED.test(id)) return undefined;
    const compiled = await transformAsync(code, {
      filename: id,
      configFile: false,
      babelrc: false,
      sourceMaps: 'inline',
      parserOpts: { plugins: ['typescript', 'jsx'] },
      // Whatever it cannot compile is an error.
      plugins: [[compiler, { panicThreshold: 'all_errors' }]],
    });
    return compiled?.code ?? undefined;
  },
};

/** The hooks, and the components that use them, as the React Compiler leaves them. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: undefined, typecheck: undefined } },
  defineConfig({
    plugins: [reactCompiler],
    test: {
      include: [
        'test/compiler.check.tsx',
        'test/{hooks,mistakes,indicator,polling,presence,identity}.test.tsx',
      ],
    },
  }),
);
