// The bans of eslint.config.js, each broken once: a lint rule that has stopped
// working looks exactly like code that keeps it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { ESLint } from 'eslint';

import config from '../../eslint.config.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const eslint = new ESLint({
  cwd: root,
  ruleFilter: ({ ruleId }) => /no-restricted-(imports|paths)$/.test(ruleId),
});

/** Folder of the importer, what it imports, and whether it may. */
const cases = [
  ['packages/client/src', 'react', false],
  ['packages/client/src', '@tidings/react', false],
  ['packages/query/src', '@tidings/client', true],
  ['packages/query/src', '@tidings/react', false],
  ['packages/query/src', '@tanstack/query-core', false],
  ['packages/query/src', '@tanstack/react-query', false],
  ['packages/vue/src', '@tidings/query', true],
  ['packages/vue/src', '@tidings/react', false],
  ['packages/react/src', '@tidings/query', true],
  ['packages/react/src', '@tanstack/query-core', false],
  ['packages/react/src', '@tidings/client', true],
  ['packages/react/src', '@tidings/api', false],
  ['packages/api/src', '@tidings/client', false],
  ['web/src/features/lists', '@/lib/cn', true],
  ['web/src/features/lists', '@/features/people/', false],
  ['web/src/features/lists', '@/app/', false],
  ['web/src/components', '@/features/lists/', false],
  ['web/src/lib', '@/app/', false],
];

for (const [folder, imported, allowed] of cases) {
  test(`${folder} ${allowed ? 'may' : 'may not'} import ${imported}`, async () => {
    const code = `import '${existing(imported)}';\n`;
    const [result] = await eslint.lintText(code, { filePath: aFileIn(path.join(root, folder)) });
    const messages = result.messages.map(({ message }) => message);
    assert.equal(messages.length, allowed ? 0 : 1, messages.join('\n'));
  });
}

test('every rule matches files, and bans what exists', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n');
  const installed = Object.keys(
    JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages,
  ).map((name) => name.replace(/^.*node_modules\//, ''));
  for (const { files = [], rules = {} } of config) {
    for (const pattern of files.flat().filter((each) => !each.startsWith('**/'))) {
      assert.ok(matchesAny(tracked, pattern), `files: ${pattern} matches no file`);
    }
    for (const name of bannedPackages(rules)) {
      // One with a "!" is allowed amid what a pattern bans.
      const banned = name.replace(/^!/, '');
      assert.ok(matchesAny(installed, banned), `${banned} is banned, but not installed`);
    }
    for (const folder of zoneFolders(rules)) {
      assert.ok(existsSync(folder), `a zone names ${folder}, which does not exist`);
    }
  }
});

const matchesAny = (names, pattern) => names.some((name) => path.matchesGlob(name, pattern));

/** The packages that our bans name; a name stands beside `name/**`. */
const bannedPackages = (rules) =>
  (rules['@typescript-eslint/no-restricted-imports']?.[1].patterns ?? [])
    .flatMap(({ group }) => group)
    .filter((name) => !name.endsWith('/**'));

const zoneFolders = (rules) =>
  (rules['import-x/no-restricted-paths']?.[1].zones ?? []).flatMap(({ target, from }) =>
    [target, from].flat(),
  );

/** A path that ends in a slash stands for any module in that folder of the UI. */
function existing(imported) {
  if (!imported.endsWith('/')) return imported;
  const web = path.join(root, 'web/src');
  const file = aFileIn(path.join(web, imported.slice('@/'.length)));
  return `@/${path.relative(web, file).replace(/\.tsx?$/, '')}`;
}

/** Any module under a folder: the type-aware linter wants one that exists. */
function aFileIn(folder) {
  const name = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .find((file) => /\.tsx?$/.test(file) && !/\.(gen|test|d)\.tsx?$/.test(file));
  assert.ok(name, `${folder} is empty`);
  return path.join(folder, name);
}
