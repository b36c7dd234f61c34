export { optimisticUpdate, useRealtimeSync } from '@tidings/react';
