// The entries as built share one React context and one bridge per QueryClient: with a copy each,
// hooks would not find their provider, and two ledgers would fetch for one event.

import assert from 'node:assert/strict';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useRealtimeSync, WebSocketProvider } from '@tidings/react';
import { ConnectionIndicator, ConnectionIndicatorCompact } from '@tidings/react/indicator';
import { optimisticUpdate } from '@tidings/react/optimistic';
import { usePollingFallback } from '@tidings/react/polling';
import { usePresence } from '@tidings/react/presence';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';

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
process.stdout.write('entries: one context, one bridge\n');
