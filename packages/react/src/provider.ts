'use client';

import { QueryClientContext } from '@tanstack/react-query';
import { createClient, type TidingsClient, type WebSocketOptions } from '@tidings/client';
import { bridgeOf, changeUser, expectUser, hasOtherCopy, wordsOf } from '@tidings/query';
import {
  createContext,
  createElement,
  useContext,
  useEffect,
  useState,
  type ReactNode,
} from 'react';

import { core } from './core';

const ClientContext = /* @__PURE__ */ createContext<TidingsClient | undefined>(undefined);

/** What {@link WebSocketProvider} takes. */
export interface WebSocketProviderProps {
  children?: ReactNode;
  /** See {@link WebSocketOptions}; may be an inline object. */
  options?: WebSocketOptions | undefined;
}

/**
 * One connection for everything below it: connected while mounted. Goes inside the
 * `QueryClientProvider` where data shall be synced; a QueryClient further down is looked after from
 * when something below it syncs. When `identity` changes, what was synced through this provider for
 * the last user is removed from all of them. Two providers over one QueryClient are independent.
 */
export function WebSocketProvider({ children, options = {} }: WebSocketProviderProps) {
  const [client] = useState(() => createClient(options));
  if (process.env.NODE_ENV !== 'production') hasOtherCopy('react', globalThis, ClientContext);
  const queryClient = useContext(QueryClientContext);
  const { identity } = options;
  // In the render: no fetch may escape the ledger, and those below are the new user's.
  expectUser(client, identity);
  if (queryClient) bridgeOf(core, queryClient, client);

  useEffect(() => changeUser(client, identity), [client, identity]);

  // Cheap when nothing changed: only a new url or identity makes a new connection.
  useEffect(() => client.configure(options), [client, options]);

  useEffect(() => {
    client.connect();
    return () => client.disconnect();
  }, [client]);

  return createElement(ClientContext.Provider, { value: client }, children);
}

/** The provider's client, the same as long as it is mounted; throws outside of one. */
export function useTidingsClient(): TidingsClient {
  const client = useContext(ClientContext);
  if (!client) {
    if (process.env.NODE_ENV !== 'production' && hasOtherCopy('react', globalThis, ClientContext))
      throw new Error(wordsOf('R7', 'react'));
    throw new Error(wordsOf('R1', '<WebSocketProvider>'));
  }
  return client;
}
