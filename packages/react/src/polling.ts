'use client';

// The public contract of @tidings/react/polling: reads while there is no connection.

export { usePollingFallback } from './usePollingFallback';

export type { UsePollingFallbackOptions } from './usePollingFallback';
