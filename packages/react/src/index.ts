'use client';

// The public contract of @tidings/react. What is not named here is internal.

export { WebSocketProvider, useTidingsClient } from './provider';
export { useRealtimeSync } from './useRealtimeSync';
export { useConnectionStatus, useWebSocket } from './useWebSocket';
export { isTidingsError, parsePositionHeader, positionsOf, tagPosition } from '@tidings/client';

export type { WebSocketProviderProps } from './provider';
export type { UseRealtimeSyncOptions } from './useRealtimeSync';
export type { WebSocketHandle } from './useWebSocket';
export type {
  ConnectionStatus,
  PayloadOf,
  Position,
  TidingsError,
  TopicPayloads,
  TopicPosition,
  WebSocketOptions,
  WSConnectionState,
  WSEvent,
  WSEventType,
} from '@tidings/client';
