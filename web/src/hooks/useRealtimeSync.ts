export { optimisticUpdate, useRealtimeSync } from '@tidings/react';
export { usePollingFallback } from '@tidings/react/polling';
