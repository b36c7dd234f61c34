'use client';

import type {
  ConnectionStatus,
  PayloadOf,
  TidingsClient,
  TidingsError,
  WSConnectionState,
  WSEvent,
} from '@tidings/client';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';

import { useTidingsClient } from './provider';
import { createReader, useStatus } from './reader';

/** What {@link useWebSocket} returns. The functions never change. */
export interface WebSocketHandle {
  /** The connection as people see it. */
  readonly state: WSConnectionState;
  /** Why the connection is lost or given up; undefined while all is well. */
  readonly error: TidingsError | undefined;
  /** Listens to a topic until the returned undo is called, or the component unmounts. */
  subscribe: <Topic extends string>(
    topic: Topic,
    handler: (event: WSEvent<PayloadOf<Topic>>) => void,
  ) => () => void;
  /** Removes the handlers that this component has on a topic. */
  unsubscribe: (topic: string) => void;
  /** Connects; does nothing while connected. */
  connect: () => void;
  /** Disconnects, and stays so until `connect()`. */
  disconnect: () => void;
}

/** What a server renders, and a page before it is hydrated. */
const SERVER_STATUS: ConnectionStatus = { state: 'disconnected' };
const getServerStatus = () => SERVER_STATUS;

/** The status; re-renders with every change of it. */
export function useConnectionStatus(): ConnectionStatus {
  const client = useTidingsClient();
  return useSyncExternalStore(client.onStatus, client.getStatus, getServerStatus);
}

/** The part of the hook that lives as long as its component. */
function createActions(client: TidingsClient) {
  /** How to leave each topic that the component listens to. */
  const undos = new Map<() => void, string>();
  return {
    subscribe(topic: string, handler: (event: WSEvent) => void): () => void {
      const stop = client.subscribe(topic, handler);
      const undo = () => {
        undos.delete(undo);
        stop();
      };
      undos.set(undo, topic);
      return undo;
    },
    /** Leaves a topic, or all. */
    unsubscribe(topic?: string) {
      for (const [undo, name] of undos) if (name === (topic ?? name)) undo();
    },
    connect: client.connect,
    disconnect: client.disconnect,
  };
}

/**
 * The connection and its topics, low-level. A component that does not read `state` or `error` is
 * not re-rendered when they change.
 */
export function useWebSocket(): WebSocketHandle {
  const client = useTidingsClient();
  const [actions] = useState(() => createActions(client));
  const reader = useMemo(() => createReader(client.onStatus, client.getStatus), [client]);
  const status = useStatus(reader, SERVER_STATUS);
  useEffect(() => () => actions.unsubscribe(), [actions]);
  return useMemo(() => Object.assign(status, actions) as WebSocketHandle, [status, actions]);
}
