import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { useRealtimeSync, WebSocketProvider } from '@tidings/react';
import { ConnectionIndicator } from '@tidings/react/indicator';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

const queryClient = new QueryClient();
let reads = 0;

/** Counts its reads: an event on the topic costs one. */
function Reads() {
  const queryKey = ['reads'];
  const { data } = useQuery({ queryKey, queryFn: () => ++reads, staleTime: Infinity });
  useRealtimeSync({ topic: 'reads:1', queryKey });
  return <p data-testid="reads">{data}</p>;
}

const root = document.getElementById('root');
if (!root) throw new Error('there is no place to render into');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <WebSocketProvider>
        <ConnectionIndicator />
        <Reads />
      </WebSocketProvider>
    </QueryClientProvider>
  </StrictMode>,
);
