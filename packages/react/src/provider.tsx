'use client';

import { QueryClientContext } from '@tanstack/react-query';
import { createClient, type TidingsClient, type WebSocketOptions } from '@tidings/client';
import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from 'react';

import { bridgeOf } from './bridge/bridge';

const ClientContext = createContext<TidingsClient | undefined>(undefined);

/** What {@link WebSocketProvider} takes. */
export interface WebSocketProviderProps {
  children?: ReactNode;
  /** See {@link WebSocketOptions}; may be an inline object. */
  options?: WebSocketOptions | undefined;
}

/**
 * One connection for everything below it: connected while mounted. Goes inside the
 * `QueryClientProvider` where data shall be synced.
 */
export function WebSocketProvider({ children, options = {} }: WebSocketProviderProps) {
  const [client] = useState(() => createClient(options));
  const queryClient = useContext(QueryClientContext);
  // From the first render on, so that no fetch escapes the ledger.
  const bridge = queryClient && bridgeOf(queryClient);
  const { identity } = options;
  const last = useRef({ identity, user: identity });

  useEffect(() => {
    const { identity: before, user } = last.current;
    if (before === identity) return;
    last.current = { identity, user: identity ?? user };
    bridge?.channels.forgetAll(user != null && user !== identity, identity != null);
  }, [bridge, identity]);

  // Cheap when nothing changed: only a new url or identity makes a new connection.
  useEffect(() => client.configure(options), [client, options]);

  useEffect(() => {
    client.connect();
    return () => client.disconnect();
  }, [client]);

  return <ClientContext.Provider value={client}>{children}</ClientContext.Provider>;
}

/** The provider's client; throws outside of one. */
export function useTidingsClient(): TidingsClient {
  const client = useContext(ClientContext);
  if (!client) throw new Error('no <WebSocketProvider> above');
  return client;
}
