'use client';

import { QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { AuthProvider } from '@/lib/context/AuthContext';
import { getQueryClient } from '@/lib/query-client';
import { WebSocketProvider } from '@/lib/websocket';

/** A client component: a QueryClient cannot cross from the server to the browser. */
export function Providers({ children }: { children: ReactNode }) {
  const queryClient = getQueryClient();
  return (
    <AuthProvider>
      <QueryClientProvider client={queryClient}>
        <WebSocketProvider>{children}</WebSocketProvider>
      </QueryClientProvider>
    </AuthProvider>
  );
}
