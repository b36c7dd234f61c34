import {
  useWebSocket,
  WebSocketProvider as TidingsProvider,
  type WebSocketOptions,
} from '@tidings/react';
import { useEffect, useMemo, type ReactNode } from 'react';

import type { Gift, ListGift, ListItem, Wish } from '@/lib/api/types';
import { useAuth } from '@/lib/context/AuthContext';

export { useRealtimeSync, useWebSocket } from '@tidings/react';
export { usePollingFallback } from '@tidings/react/polling';
export { usePresence, useSignal } from '@tidings/react/presence';
export type { WSConnectionState, WSEvent, WSEventType } from '@tidings/react';

declare module '@tidings/client' {
  interface TopicPayloads {
    'list-items': ListItem;
    wishes: Wish;
    'gift-list': ListGift;
    gift: Gift;
    user: Notice;
  }
}

/** What concerns one user: assigned, a list shared or taken away. */
export interface Notice {
  kind: 'assigned' | 'unassigned' | 'list_shared' | 'list_gone';
  list_id: string;
  item_id?: string;
  text?: string;
}

export interface WebSocketProviderProps {
  options?: WebSocketOptions;
  children: ReactNode;
}

/** The provider, with the user and their token. */
export function WebSocketProvider({ options, children }: WebSocketProviderProps) {
  const { getToken, user } = useAuth();
  const identity = user?.id ?? null;
  const all = useMemo(
    () => ({ ...options, getToken: () => getToken(), identity }),
    [options, getToken, identity],
  );
  return (
    <TidingsProvider options={all}>
      <RefusedLogin />
      {children}
    </TidingsProvider>
  );
}

/** Asks for our session again when the socket is refused for good: it may have ended elsewhere. */
function RefusedLogin() {
  const { state } = useWebSocket();
  const { getToken } = useAuth();
  useEffect(() => {
    // Where the server cannot be asked, the next request finds out.
    if (state === 'error') getToken(true).catch(() => undefined);
  }, [state, getToken]);
  return null;
}
