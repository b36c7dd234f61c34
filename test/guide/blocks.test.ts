// @vitest-environment node
// No block of the guide is left out: each is run, or says that it is not.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

import { blocks, extracted, fileOf } from '../../scripts/extract-guide.mjs';

const ways = /^(file=\S+|run|serve|not run: .+)$/;

test('every block says what becomes of it', () => {
  const silent = blocks().filter(({ language, info }) => language !== 'text' && !ways.test(info));
  expect(silent.map(({ line, info }) => `guide.md:${line} ${info}`)).toEqual([]);
  const files = blocks().filter(({ info }) => info.startsWith('file='));
  expect(files.filter((block) => !fileOf(block))).toEqual([]);
});

test('what is not run is the exception, and no code', () => {
  const unrun = blocks().filter(({ info }) => info.startsWith('not run'));
  expect(unrun.length).toBeLessThan(blocks().length / 4);
  expect(unrun.filter(({ language }) => /^(tsx?|go)$/.test(language))).toEqual([]);
});

/** The extracted file that an import names, if it is one. */
function fileOfImport(specifier: string, from: string): string | undefined {
  const base = specifier.startsWith('@/')
    ? path.join(extracted, 'app', specifier.slice(2))
    : path.join(path.dirname(from), specifier);
  const candidates = ['.ts', '.tsx', '/index.ts', '/index.tsx'].map((end) => base + end);
  return candidates.find((file) => file.startsWith(extracted) && existsSync(file));
}

test('the tests import every file of the app', () => {
  const here = import.meta.dirname;
  const queue = readdirSync(here)
    .filter((name) => /\.test\.tsx?$/.test(name))
    .map((name) => path.join(here, name));
  const reached = new Set<string>();
  for (const file of queue) {
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(/ from '([^']+)'/g)) {
      const next = fileOfImport(specifier, file);
      if (next !== undefined && !reached.has(next)) {
        reached.add(next);
        queue.push(next);
      }
    }
  }
  const all = blocks()
    .filter(({ language }) => language === 'ts' || language === 'tsx')
    .map((block) => path.join(extracted, fileOf(block) ?? ''));
  expect([...reached].sort()).toEqual(all.sort());
});
