// How the published packages get small: the names of what no app ever sees are short in them, and
// code is simplified as far as an app's own bundler would not.

import { transform } from 'esbuild';
import { minify } from 'terser';

/**
 * Properties of objects that a package keeps to itself. None may be a word of the wire, of a public
 * type, or of somebody else's object; test/imports/internal-names.test.mjs looks.
 */
export const INTERNAL_NAMES = `
  afterFetch alias answered ask asked began bridge bridges byAlias channels client connection core cursor debts due expected failures flushTimer forget forgetAll getSnapshot hasLeft hasPassed heard held holdOff isAnswered isFed isFetching isFinal isGranted isLive isNew isOnline isRestored isTainted lastToken lasted latest leave leaving lingers lookTimer lost mark nextAt nextDelay onBase onClose onEcho onForeign onHello onLanded onRefusal overlay ownName page paid pending phase question refs refusal retryTimer returns roster scopes statusListeners step stop subscribers syncs timer unquiet up user view watchers wishes withPage
`.match(/\w+/g);

/** Simplified, but for the reader of a stack trace: names stay, and functions stay where they are. */
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
  },
  format: { beautify: true, preserve_annotations: true },
};

/** A plugin of the packages' bundler. */
export const shrink = () => ({
  name: 'shrink',
  async renderChunk(code, { fileName }) {
    if (!/\.c?js$/.test(fileName)) return null;
    const mangleProps = new RegExp(`^(${INTERNAL_NAMES.join('|')})$`);
    const { code: short } = await transform(code, { mangleProps, target: 'es2022' });
    const { code: simple } = await minify(short, SIMPLIFY);
    return { code: simple };
  },
});
