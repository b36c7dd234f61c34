export { usePollingFallback } from '@tidings/react/polling';
