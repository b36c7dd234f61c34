import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ConnectionIndicator, WebSocketProvider } from '@tidings/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { Reads } from '@/Reads';

const queryClient = new QueryClient();
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
