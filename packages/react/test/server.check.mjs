// Run with --conditions react-server: what @tidings/react is in a Server Component. As a framework
// does it, a module that says 'use client' is not run there: its exports are references.

import assert from 'node:assert/strict';
import { register } from 'node:module';

const hooks = `
  export async function load(url, context, next) {
    const loaded = await next(url, context);
    const source = String(loaded.source ?? '');
    if (!/^(["'])use client\\1/.test(source)) return loaded;
    const names = source.match(/export \\{([^}]*)\\}/)[1].split(',');
    const references = names.map((name) => 'export const ' + name + ' = "a reference";');
    return { ...loaded, source: references.join('') };
  }`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

const react = await import('@tidings/react');
const { positionsOf, tagPosition, useRealtimeSync, newMutationId, dehydrateOptions } = react;

const data = tagPosition({ items: [] }, '"list-items:1";epoch="e";seq=3');
assert.deepEqual(positionsOf(data), [{ topic: 'list-items:1', epoch: 'e', seq: 3 }]);
assert.match(newMutationId(), /^[0-9a-f]{32}$/);
assert.deepEqual(dehydrateOptions(undefined, { a: 1 }), { a: 1 });
assert.equal(react.WebSocketProvider, 'a reference');
assert.throws(() => useRealtimeSync({}), /TIDINGS-R2.*'use client'/);
for (const name of process.argv.slice(2)) assert.ok(name in react, `${name} is missing on servers`);
process.stdout.write('server components: functions work, hooks say what is wrong\n');
