// How files of the dashboard's UI are named: a component's file as the component, a
// hook's as the hook, all others in kebab-case. A hook lives in a folder `hooks`, or
// beside the one request (`api`) or context that it is about.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = execFileSync('git', ['ls-files', '--', 'web/src'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.tsx?$/.test(file));

/** What is wrong with the name of a file, or undefined. */
function complaint(file, source) {
  const name = path.basename(file).replace(/(\.test)?\.tsx?$/, '');
  const isTest = /\.test\.tsx?$/.test(file);
  const folder = path.basename(path.dirname(file));
  if (folder === 'hooks') {
    if (!/^use[A-Z]\w*$/.test(name)) return 'a hook’s file is named after the hook: useThing.ts';
    const exports = new RegExp(`export (function|const|\\{[^}]*\\b)\\s*${name}\\b`);
    if (!isTest && !exports.test(source)) return `it exports no ${name}`;
    return undefined;
  }
  if (/^export (const|function) use[A-Z]/m.test(source) && !/^(api|context)$/.test(folder)) {
    return 'a hook lives in a folder named hooks';
  }
  if (
    file.endsWith('.tsx') &&
    /^export (function |const |class |\{ )[A-Z][a-z]/m.test(source) &&
    name !== 'index'
  ) {
    if (!/^[A-Z][A-Za-z]*$/.test(name)) return 'a component’s file is named after it: Thing.tsx';
    return undefined;
  }
  if (isTest && /^[A-Z]/.test(name)) return undefined; // its component's name
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) ? undefined : 'name it in kebab-case';
}

test('files of the UI are named in one way', () => {
  assert.ok(files.length > 100, 'the UI was not found');
  for (const file of files) {
    const found = complaint(file, readFileSync(path.join(root, file), 'utf8'));
    assert.equal(found, undefined, `${file}: ${found}`);
  }
});

for (const [file, source] of [
  ['web/src/hooks/use-thing.ts', 'export function useThing() {}'],
  ['web/src/hooks/useThing.ts', 'export function useOther() {}'],
  ['web/src/lib/thing.ts', 'export function useThing() {}'],
  ['web/src/components/ui/thing.tsx', 'export function Thing() {}'],
  ['web/src/lib/someThing.ts', 'export const some = 1;'],
]) {
  test(`${file} with "${source}" is refused`, () => {
    assert.ok(complaint(file, source));
  });
}
