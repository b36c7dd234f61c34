// @vitest-environment node
// No block of the guide is left out: each is run, or says that it is not.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { topicProblem } from '@tidings/client';
import prettier from 'prettier';
import { expect, test } from 'vitest';

import { blocks, extracted, fileOf } from '../../scripts/extract-guide.mjs';

const ways = /^(file=\S+|run|serve|proxy|not run: .+)$/;

test('every block says what becomes of it', () => {
  const silent = blocks().filter(({ language, info }) => language !== 'text' && !ways.test(info));
  expect(silent.map(({ line, info }) => `guide.md:${line} ${info}`)).toEqual([]);
  const files = blocks().filter(({ info }) => info.startsWith('file='));
  expect(files.filter((block) => !fileOf(block))).toEqual([]);
});

test('what is not run is the exception, and no code', () => {
  const unrun = blocks().filter(({ info }) => info.startsWith('not run'));
  expect(unrun.length).toBeLessThan(blocks().length / 4);
  expect(unrun.filter(({ language }) => /^(tsx?|js|go)$/.test(language))).toEqual([]);
});

test('the code is formatted as the rest of the project is', async () => {
  const folder = path.join(extracted, '_go');
  expect(execFileSync('gofmt', ['-l', folder], { encoding: 'utf8' })).toBe('');
  const options = await prettier.resolveConfig(import.meta.filename);
  const files = blocks().filter(({ language }) => /^(tsx?|js)$/.test(language));
  for (const block of files) {
    const filepath = fileOf(block);
    expect(await prettier.format(block.code, { ...options, filepath })).toBe(block.code);
  }
});

test('what it links to is there', () => {
  const docs = path.join(extracted, '../../docs');
  const guide = readFileSync(path.join(docs, 'guide.md'), 'utf8');
  const headings = Array.from(guide.matchAll(/^#+ (.+)$/gm), ([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );
  const broken = Array.from(guide.matchAll(/\]\(([^)]+)\)/g), ([, target = '']) => target)
    .filter((target) => !target.startsWith('http'))
    .filter((target) =>
      target.startsWith('#')
        ? !headings.includes(target.slice(1))
        : !existsSync(path.join(docs, target.replace(/#.*/, ''))),
    );
  expect(broken).toEqual([]);
});

test('what the code imports, the guide installs', () => {
  const installed = blocks()
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => [...code.matchAll(/^npm install (.+)$/gm)])
    .flatMap(([, names = '']) => names.split(' '));
  const imported = blocks()
    .filter(({ language }) => /^tsx?$/.test(language))
    .flatMap(({ code }) => [...code.matchAll(/(?:from|module) '([^'.]+)'/g)])
    .map(([, name = '']) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? '')
    .filter((name) => !/^(@$|@\/|node:|react$|next$)/.test(name));
  expect([...new Set(imported)].sort()).toEqual([...installed].sort());
});

test('a topic that is none is refused in the words of the guide', () => {
  const guide = readFileSync(path.join(extracted, '../../docs/guide.md'), 'utf8');
  expect(guide).toContain(`[tidings] topic "giftList:1": ${topicProblem('giftList:1')}\n`);
});

/** What the entries of a package export, values and types. */
function exportsOf(folder: string): string[] {
  const manifest = readFileSync(path.join(folder, 'package.json'), 'utf8');
  const { exports } = JSON.parse(manifest) as {
    exports: Record<string, { default?: { default: string } }>;
  };
  const entries = Object.values(exports).flatMap((entry) => entry.default?.default ?? []);
  return entries.flatMap((built) => {
    const source = path.join(folder, built.replace('/dist/', '/src/').replace('.js', '.ts'));
    const text = readFileSync(source, 'utf8');
    const listed = text.matchAll(/^export (?:type )?{([^}]+)}/gm);
    const declared = text.matchAll(/^export (?:class|const|function|interface|type) (\w+)/gm);
    const names = [...listed].flatMap(([, list = '']) => list.match(/\w+/g) ?? []);
    return [...names, ...Array.from(declared, ([, name = '']) => name)];
  });
}

test.each(['client', 'react', 'vue'])(
  'the reference of @tidings/%s names all that it exports',
  (name) => {
    const folder = path.join(extracted, '../../packages', name);
    const reference = readFileSync(path.join(folder, 'README.md'), 'utf8');
    const names = exportsOf(folder);
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((each) => !new RegExp(`\\b${each}\\b`).test(reference))).toEqual([]);
  },
);

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
