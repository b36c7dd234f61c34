export { optimisticUpdate, usePollingFallback, useRealtimeSync } from '@tidings/react';
