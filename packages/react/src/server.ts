// What @tidings/react is in a Server Component: components to place, functions for data, and hooks
// that say what is wrong. See "react-server" in package.json.

import type { DehydrateOptions, QueryClient } from '@tanstack/react-query';
import { wordsOf } from '@tidings/query';

export { isTidingsError, parsePositionHeader, positionsOf, tagPosition } from '@tidings/client';
export { baseOf, newMutationId } from '@tidings/query';
export { ConnectionIndicator, ConnectionIndicatorCompact } from './ConnectionIndicator';
export { WebSocketProvider } from './provider';

/** A hook where there are none. */
const refuse = (hook: string) => (): never => {
  throw new Error(wordsOf('R2', hook));
};

export const optimisticUpdate = /* @__PURE__ */ refuse('optimisticUpdate');
export const useConnectionStatus = /* @__PURE__ */ refuse('useConnectionStatus');
export const usePollingFallback = /* @__PURE__ */ refuse('usePollingFallback');
export const usePresence = /* @__PURE__ */ refuse('usePresence');
export const useRealtimeSync = /* @__PURE__ */ refuse('useRealtimeSync');
export const useSignal = /* @__PURE__ */ refuse('useSignal');
export const useTidingsClient = /* @__PURE__ */ refuse('useTidingsClient');
export const useWebSocket = /* @__PURE__ */ refuse('useWebSocket');

/** Nothing is optimistic on a server. */
export const dehydrateOptions = (
  _queryClient: QueryClient,
  options: DehydrateOptions = {},
): DehydrateOptions => options;
