'use client';

import { WebSocketProvider as TidingsProvider, type WebSocketOptions } from '@tidings/react';
import type { ReactNode } from 'react';

import type { Gift, ListItem } from '@/lib/api/types';
import { useAuth } from '@/lib/context/AuthContext';

export { useWebSocket } from '@tidings/react';
export type { WSConnectionState, WSEvent, WSEventType } from '@tidings/react';

declare module '@tidings/client' {
  /** What each topic's events carry. */
  interface TopicPayloads {
    'list-items': ListItem;
    'gift-list': Gift;
    gift: Gift;
  }
}

/** The provider, with the user and their token. */
export function WebSocketProvider({
  children,
  options,
}: {
  children: ReactNode;
  options?: WebSocketOptions;
}) {
  const { user, getToken } = useAuth();
  return (
    <TidingsProvider options={{ ...options, getToken, identity: user?.id ?? null }}>
      {children}
    </TidingsProvider>
  );
}
