// Compiles an app against the packages' declarations as built, with the compilers that apps use.

import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import './install.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const compilers = readdirSync(`${here}node_modules`).filter((name) => /^typescript-/.test(name));
const resolutions = [
  ['--module', 'ESNext', '--moduleResolution', 'Bundler'],
  ['--module', 'NodeNext', '--moduleResolution', 'NodeNext'],
];

for (const compiler of compilers) {
  const tsc = `${here}node_modules/${compiler}/bin/tsc`;
  for (const flags of resolutions) {
    execFileSync(process.execPath, [tsc, '-p', here, ...flags], { stdio: 'inherit' });
  }
  process.stdout.write(`declarations: ${compiler} is content\n`);
}
if (!compilers.length) throw new Error('no compilers: is compat/package.json installed?');
