import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { usePresence, useRealtimeSync, useTidingsClient, WebSocketProvider } from '@tidings/react';
import { create } from 'react-test-renderer';

/** The client of the app, as AppState and NetInfo would wake it. */
let client;
let reads = 0;

function Board() {
  client = useTidingsClient();
  const queryKey = ['list-items', '1'];
  const queryFn = () => Promise.resolve(++reads);
  const { data } = useQuery({ queryKey, queryFn });
  const { state } = useRealtimeSync({ topic: 'list-items:1', queryKey });
  usePresence('list-items:1', { enabled: false });
  return `${state} ${data}`;
}

/** Renders the app; returns what it shows, and how to end it. */
globalThis.start = (url) => {
  const root = create(
    <QueryClientProvider client={new QueryClient()}>
      <WebSocketProvider options={{ url }}>
        <Board />
      </WebSocketProvider>
    </QueryClientProvider>,
  );
  return {
    shown: () => String(root.toJSON()),
    wake: () => client.wake(),
    end: () => root.unmount(),
  };
};
