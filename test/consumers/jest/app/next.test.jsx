// A component under next/jest, as the guide's "Testing" says: with nobody logged in nothing connects.

import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { ConnectionIndicator, useRealtimeSync, WebSocketProvider } from '@tidings/react';
import { act } from 'react';
import { createRoot } from 'react-dom/client';

globalThis.IS_REACT_ACT_ENVIRONMENT = true;

function Board() {
  const queryKey = ['list-items', '1'];
  const { data } = useQuery({ queryKey, queryFn: () => Promise.resolve('Kite') });
  const { state } = useRealtimeSync({ topic: 'list-items:1', queryKey });
  return `${data} ${state}`;
}

test('renders its data, and opens no socket', async () => {
  const opened = jest.fn();
  globalThis.WebSocket = opened;
  const place = document.createElement('div');
  const root = createRoot(place);
  act(() => {
    root.render(
      <QueryClientProvider client={new QueryClient()}>
        <WebSocketProvider options={{ identity: null }}>
          <ConnectionIndicator />
          <Board />
        </WebSocketProvider>
      </QueryClientProvider>,
    );
  });
  while (!place.textContent.includes('Kite waiting')) {
    await act(() => new Promise((resolve) => setTimeout(resolve)));
  }
  expect(opened).not.toHaveBeenCalled();
  act(() => root.unmount());
});
