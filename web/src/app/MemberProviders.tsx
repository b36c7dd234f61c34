import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';

import { clearToasts } from '@/components/ui/Toast';
import { createQueryClient } from '@/lib/query-client';
import { WebSocketProvider } from '@/lib/websocket';

/** What pages of one signed-in member stand on: their cache and their socket. */
export function MemberProviders({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  useEffect(
    () => () => {
      queryClient.clear();
      clearToasts();
    },
    [queryClient],
  );
  return (
    <QueryClientProvider client={queryClient}>
      <WebSocketProvider>{children}</WebSocketProvider>
    </QueryClientProvider>
  );
}
