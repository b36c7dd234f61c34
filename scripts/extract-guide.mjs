// Takes the code out of docs/guide.md, so that it can be compiled and run. A block says in its
// opening line what becomes of it:
//
//   ```tsx file=app/providers.tsx   a file of the app (ts, tsx, js), or of a Go program (go)
//   ```sh run                       a script that has to end well
//   ```sh serve                     a script that starts a server, which stays
//   ```nginx proxy                  settings of a reverse proxy
//   ```ini not run: why             for reading alone
//   ```text                         no code
//
// Run by hand it writes the files below tmp/guide.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const guide = path.join(root, 'docs/guide.md');

/** Where the files go. The Go tool leaves out folders that begin with an underscore. */
export const extracted = path.join(root, 'tmp/guide');
const folders = { ts: 'app', tsx: 'app', js: 'app', go: '_go' };

/**
 * @typedef {object} Block
 * @property {string} language
 * @property {string} info what stands behind the language
 * @property {number} line where it begins, from 1
 * @property {string} code
 */

/** @returns {Block[]} the fenced blocks of the guide, in order */
export function blocks() {
  /** @type {Block[]} */
  const found = [];
  /** @type {Block | undefined} */
  let open;
  for (const [index, line] of readFileSync(guide, 'utf8').split('\n').entries()) {
    const fence = /^```(\S*) ?(.*)$/.exec(line);
    if (!fence && open) open.code += `${line}\n`;
    if (!fence) continue;
    if (open) {
      found.push(open);
      open = undefined;
    } else {
      const [, language = '', info = ''] = fence;
      open = { language, info, line: index + 1, code: '' };
    }
  }
  if (open) throw new Error(`guide.md:${open.line}: the block does not end`);
  return found;
}

/** @param {Block} block @returns {string | undefined} the file that a block is */
export function fileOf({ language, info }) {
  const folder = folders[/** @type {keyof typeof folders} */ (language)];
  const name = /^file=(\S+)$/.exec(info)?.[1];
  return folder && name && path.join(folder, name);
}

/** Writes every block that is a file. */
export function extract() {
  rmSync(extracted, { recursive: true, force: true });
  for (const block of blocks()) {
    const name = fileOf(block);
    if (!name) continue;
    const file = path.join(extracted, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, block.code);
  }
}

if (process.argv[1] === import.meta.filename) extract();
