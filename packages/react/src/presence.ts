// An alias: all of this is in @tidings/react as well.

export { usePresence } from './usePresence';
export { useSignal } from './useSignal';

export type { PresenceOptions } from './usePresence';
export type { Presence, Signal, SignalOptions } from '@tidings/client/presence';
