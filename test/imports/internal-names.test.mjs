// The names that the published packages have in short: one that means something to somebody else
// would break an app, and no type would say so.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { INTERNAL_NAMES } from '../../scripts/internal-names.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The words of the files of a folder, without comments. */
function wordsIn(folder, pattern) {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
  const texts = files
    .filter((file) => pattern.test(file))
    .map((file) => readFileSync(path.join(root, folder, file), 'utf8'));
  assert.ok(texts.length, `${folder} has no such files`);
  return new Set(
    texts
      .join('\n')
      .replace(/\/\*[^]*?\*\/|\/\/.*/g, '')
      .match(/\w+/g),
  );
}

/** Words that stand before a colon or a question mark and a colon: what a type calls its members. */
function membersIn(folder, pattern) {
  const files = readdirSync(path.join(root, folder), { encoding: 'utf8' });
  const text = files
    .filter((file) => pattern.test(file))
    .map((file) => readFileSync(path.join(root, folder, file), 'utf8'))
    .join('\n');
  return new Set(
    [...text.matchAll(/^ {2,}(?:readonly )?(\w+)[?]?[:(<]/gm)].map(([, name]) => name),
  );
}

/** What the language's and the runtime's own objects have. */
function builtIns() {
  const owners = [Object, Function, Array, Map, Set, WeakMap, Promise, String, Number, Math, Date];
  owners.push(RegExp, JSON, Error, Symbol, Uint8Array, URL, AbortController, Event, EventTarget);
  owners.push(Response, Headers, globalThis, console);
  const all = owners.flatMap((owner) => [owner, owner.prototype ?? owner]);
  return new Set(all.flatMap((owner) => Object.getOwnPropertyNames(owner)));
}

const vectors = wordsIn('protocol/vectors', /\.json$/);
const tanstack = membersIn('node_modules/@tanstack/query-core/src', /^(?!.*test).*\.ts$/);

for (const [name, names] of Object.entries(INTERNAL_NAMES)) {
  const published = membersIn(`packages/${name}/dist`, /\.d\.c?ts$/);

  test(`${name}: short names stand for what is internal`, () => {
    const own = builtIns();
    for (const each of names) {
      assert.ok(!published.has(each), `${each} is in a public type`);
      assert.ok(!own.has(each), `${each} is a built-in property`);
      if (name === 'client') assert.ok(!vectors.has(each), `${each} goes over the wire`);
      if (name === 'query') assert.ok(!tanstack.has(each), `${each} is TanStack Query's`);
    }
  });

  test(`${name}: each name is in use, and none is a string, too`, () => {
    const sources = wordsIn(`packages/${name}/src`, /\.tsx?$/);
    const folder = path.join(root, `packages/${name}/src`);
    const text = readdirSync(folder)
      .map((file) => readFileSync(path.join(folder, file), 'utf8'))
      .join('\n')
      .replace(/^import.*|^\} from .*/gm, '');
    for (const each of names) {
      assert.ok(sources.has(each), `${each} is nowhere`);
      // As the key of a table it would be short there, and whole where the table is asked.
      assert.doesNotMatch(text, new RegExp(`'${each}'`), `'${each}' is a string`);
    }
  });
}
