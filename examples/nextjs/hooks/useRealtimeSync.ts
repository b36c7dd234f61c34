export { useRealtimeSync } from '@tidings/react';
export { optimisticUpdate } from '@tidings/react/optimistic';
