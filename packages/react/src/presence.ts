'use client';

// The public contract of @tidings/react/presence: who is there, and what they signal.

export { usePresence } from './usePresence';
export { useSignal } from './useSignal';

export type { PresenceOptions } from './usePresence';
export type { Presence, Signal, SignalOptions } from '@tidings/client/presence';
