// The entries as built share one React context and one bridge per QueryClient: with a copy each,
// hooks would not find their provider, and two ledgers would fetch for one event.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import * as react from '@tidings/react';
import { ConnectionIndicator, ConnectionIndicatorCompact } from '@tidings/react/indicator';
import { optimisticUpdate } from '@tidings/react/optimistic';
import { usePollingFallback } from '@tidings/react/polling';
import { usePresence } from '@tidings/react/presence';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';

const { useRealtimeSync, WebSocketProvider } = react;
const queryClient = new QueryClient();
const queryKey = ['list-items', '1'];

function Everything() {
  useRealtimeSync({ topic: 'list-items:1', queryKey });
  usePollingFallback({ queryKey });
  usePresence('list-items:1');
  return [ConnectionIndicator, ConnectionIndicatorCompact].map((type) =>
    createElement(type, { key: type.name }),
  );
}

const app = createElement(WebSocketProvider, null, createElement(Everything));
const html = renderToString(createElement(QueryClientProvider, { client: queryClient }, app));

assert.equal(html.match(/role="status"/g)?.length, 2);
queryClient.setQueryData(queryKey, 'base');
await optimisticUpdate(queryClient, queryKey, () => 'shown');
assert.equal(queryClient.getQueryData(queryKey), 'shown');
assert.equal(queryClient.getQueryCache().listeners.size, 1, 'bridges of one QueryClient');

// One import path has every name, and the aliases have the same.
const aliases = ['indicator', 'optimistic', 'polling', 'presence'];
for (const alias of aliases) {
  for (const [name, value] of Object.entries(await import(`@tidings/react/${alias}`))) {
    assert.equal(react[name], value, `${name} of @tidings/react/${alias}`);
  }
}

// What is required has the same names, and each hook's file says 'use client' there, too.
const require = createRequire(import.meta.url);
for (const entry of ['@tidings/react', ...aliases.map((alias) => `@tidings/react/${alias}`)]) {
  assert.deepEqual(Object.keys(require(entry)).sort(), Object.keys(await import(entry)).sort());
}
const hooks = new URL('./hooks.cjs', `file://${require.resolve('@tidings/react')}`);
assert.ok(/^["']use client["']/.test(readFileSync(hooks, 'utf8')), 'hooks.cjs is for the client');

// The bridge has no TanStack Query of its own.
const bridges = [
  import.meta.resolve('@tidings/query'),
  `file://${require.resolve('@tidings/query')}`,
];
for (const bridge of bridges) {
  assert.doesNotMatch(
    readFileSync(fileURLToPath(bridge), 'utf8'),
    /(from |require\()["']@tanstack/,
  );
}

const server = fileURLToPath(new URL('server.check.mjs', import.meta.url));
const flags = ['--conditions', 'react-server', server, ...Object.keys(react)];
execFileSync(process.execPath, flags, { stdio: 'inherit' });
process.stdout.write('entries: one context, one bridge\n');
