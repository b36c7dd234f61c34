export { useRealtimeSync } from '@tidings/react';
export { optimisticUpdate } from '@tidings/react/optimistic';
export { usePollingFallback } from '@tidings/react/polling';
