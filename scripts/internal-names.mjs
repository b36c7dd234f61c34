// How the published packages get small: the names of what no app ever sees are short in them, and
// code is simplified as far as an app's own bundler would not.

import { transform } from 'esbuild';
import { minify } from 'terser';

const words = (text) => text.match(/\w+/g);

/**
 * Properties of objects that a package keeps to itself, in the order whose letters compress best.
 * None may be a word of the wire, of a public type, or of somebody else's object;
 * test/imports/internal-names.test.mjs looks.
 */
export const INTERNAL_NAMES = {
  client: words(`
    settings byAlias isLive tokenError ownName isOnline leaving question notBefore heartbeat
    answered shown alias cursor generation allowance upSince flushTimer wokeAt stop subscribers
    roster nextAt wishMs isFinal lingers phase refusal lastToken unwake timer refs openedAt
    failures isWanted heard refusals connection statusListeners isPresent refreshTimer queued
  `),
  query: words(`
    bridge queryClient syncs delayed connection retryTimer unquiet mark overlay hasLeft
    isRestored paid held asked onForeign page statusListeners forget isAnswered wishes watchers
    returns lost core isBusy hasPassed debts refusal failures leave timer afterFetch began
    expected isTainted forgetAll latest user due isGranted isFed withPage channels owner bridges
    lookTimer onEcho isNew onLanded isAwaited onBase scopes isAbsorbed layers isSent
  `),
  react: words('getSnapshot view'),
};

/** The letters that minified code has most of, so that names of properties add little to it. */
const LETTERS = 'etonsriachfdlupbmgvwySkTEOMACIRDWNUjLPKFzQHBVJGXYZqx';

/** A letter for each name, then a letter and a digit. */
const shortNames = (names) =>
  Object.fromEntries(
    names.map((name, i) => {
      const rest = Math.floor(i / LETTERS.length) || '';
      return [name, LETTERS[i % LETTERS.length] + rest];
    }),
  );

/** Simplified, but for the reader of a stack trace: functions and variables keep their names. */
const SIMPLIFY = {
  ecma: 2022,
  module: true,
  mangle: false,
  compress: {
    ecma: 2022,
    passes: 3,
    inline: false,
    reduce_funcs: false,
    sequences: false,
    directives: false,
    pure_getters: true,
  },
  format: { beautify: true, preserve_annotations: true },
};

/**
 * Makes functions of a module's top level arrows, which take fewer bytes. None of ours uses `this`
 * or is called before its module has been read.
 *
 * @param {string} code
 * @param {(code: string) => { body: object[] }} parse - Returns the module's syntax tree (ESTree).
 */
function useArrows(code, parse) {
  let result = '';
  let end = 0;
  for (const node of parse(code).body) {
    if (node.type !== 'FunctionDeclaration' || node.async || node.generator) continue;
    const first = node.params[0];
    const last = node.params.at(-1);
    const params = first ? code.slice(first.start, last.end) : '';
    result += code.slice(end, node.start);
    result += `const ${node.id.name} = (${params}) => ${code.slice(node.body.start, node.body.end)};`;
    end = node.end;
  }
  return result + code.slice(end);
}

/**
 * A plugin of the packages' bundler.
 *
 * @param {'client' | 'query' | 'react'} name
 */
export function shrink(name) {
  const names = INTERNAL_NAMES[name];
  return {
    name: 'shrink',
    async renderChunk(code, { fileName }) {
      if (!/\.c?js$/.test(fileName)) return null;
      const { code: short } = await transform(code, {
        mangleProps: new RegExp(`^(${names.join('|')})$`),
        mangleCache: shortNames(names),
        target: 'es2022',
      });
      const arrows = fileName.endsWith('.js')
        ? useArrows(short, (text) => this.parse(text))
        : short;
      const { code: simple } = await minify(arrows, SIMPLIFY);
      return { code: simple };
    },
  };
}
