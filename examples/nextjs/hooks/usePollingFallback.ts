export { usePollingFallback } from '@tidings/react';
