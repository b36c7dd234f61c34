// An alias: all of this is in @tidings/react as well.

export { usePollingFallback } from './usePollingFallback';

export type { UsePollingFallbackOptions } from './usePollingFallback';
