import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const guide = readFileSync(
  fileURLToPath(new URL('../../../docs/guide.md', import.meta.url)),
  'utf8',
);

/** A row of the guide's table of mistakes. */
export interface Row {
  /** The code on the console, or `log` for what the hub logs. */
  code: string;
  /** The message; dots stand for anything. */
  says: string;
}

/** The table under "When something is wrong". */
export function mistakes(): Row[] {
  const section = /^## When something is wrong\n([\s\S]*?)\n## /m.exec(guide)?.[1] ?? '';
  const rows = section.matchAll(/^\| `(.+?)` \| (.+?) \| .+ \|$/gm);
  return Array.from(rows, ([, code = '', says = '']) => ({ code, says }));
}

/** What a line has to be like that says what a row says. */
export function patternOf({ code, says }: Row): RegExp {
  const words = says
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  const named = code === 'log' || code === 'invalid_topic' ? '' : `\\[tidings\\] ${code}: `;
  return new RegExp(named + words);
}
