// Installs what is locked here, when it is not there yet or the lock has changed since.

import { execFileSync } from 'node:child_process';
import { statSync, utimesSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const changedAt = (file) => statSync(here + file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** npm writes this file as the last step of an install. */
const INSTALLED = 'node_modules/.package-lock.json';

if (changedAt(INSTALLED) < changedAt('package-lock.json')) {
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: here, stdio: 'inherit' });
  utimesSync(here + INSTALLED, new Date(), new Date());
}
