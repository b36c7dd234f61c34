import type { WSConnectionState } from './types';

/**
 * Where the client stands inside:
 * `off` nothing is wanted; `token` waiting for the app's token; `opening` the socket connects;
 * `greeting` open, waiting for the server's hello; `live` in use; `waiting` for the next attempt;
 * `failed` given up, with a reason.
 */
export type Phase = 'off' | 'token' | 'opening' | 'greeting' | 'live' | 'waiting' | 'failed';

const IDLE: readonly Phase[] = ['off', 'waiting', 'failed'];
const UNDER_WAY: readonly Phase[] = ['token', 'opening', 'greeting', 'live'];

/**
 * From which phases each can be reached. That a phase is missing here, and a step from it ignored,
 * is how `connect()` while connected, or a second hello, do nothing.
 */
export const ORIGINS: Record<Phase, readonly Phase[] | undefined> = {
  // From all of them.
  off: undefined,
  token: IDLE,
  opening: ['token'],
  greeting: ['opening'],
  live: ['greeting'],
  waiting: UNDER_WAY,
  failed: UNDER_WAY,
};

/** What people see of the phases in which nothing is under way. */
const VISIBLE: Partial<Record<Phase, WSConnectionState>> = {
  off: 'disconnected',
  live: 'connected',
  failed: 'error',
};

/** What people see of a phase; `again` when an earlier attempt has already failed. */
export const visibleState = (phase: Phase, again: boolean): WSConnectionState =>
  VISIBLE[phase] ?? (again ? 'reconnecting' : 'connecting');
