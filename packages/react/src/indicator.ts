'use client';

// The public contract of @tidings/react/indicator: the state of the connection, on screen.

export { ConnectionIndicator, ConnectionIndicatorCompact } from './ConnectionIndicator';

export type { ConnectionIndicatorProps } from './ConnectionIndicator';
