// An alias: all of this is in @tidings/react as well.

export { ConnectionIndicator, ConnectionIndicatorCompact } from './ConnectionIndicator';

export type { ConnectionIndicatorProps } from './ConnectionIndicator';
