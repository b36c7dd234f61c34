// The public contract of @tidings/react. What is not named here is internal. Each hook's and
// component's own file says 'use client': what a server may call stays callable there.

export { isTidingsError, parsePositionHeader, positionsOf, tagPosition } from '@tidings/client';
export { baseOf, newMutationId } from '@tidings/query';
export { ConnectionIndicator, ConnectionIndicatorCompact } from './ConnectionIndicator';
export { dehydrateOptions, optimisticUpdate } from './optimisticUpdate';
export { useTidingsClient, WebSocketProvider } from './provider';
export { usePollingFallback } from './usePollingFallback';
export { usePresence } from './usePresence';
export { useRealtimeSync } from './useRealtimeSync';
export { useSignal } from './useSignal';
export { useConnectionStatus, useWebSocket } from './useWebSocket';

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
export type { Presence, Signal, SignalOptions } from '@tidings/client/presence';
export type { OptimisticUpdate, TopicState } from '@tidings/query';
export type { ConnectionIndicatorProps } from './ConnectionIndicator';
export type { OptimisticUpdateOptions, TaggedKey } from './optimisticUpdate';
export type { WebSocketProviderProps } from './provider';
export type { UsePollingFallbackOptions } from './usePollingFallback';
export type { PresenceOptions } from './usePresence';
export type { RealtimeSyncHandle, UseRealtimeSyncOptions } from './useRealtimeSync';
export type { WebSocketHandle } from './useWebSocket';
