import type { WSConnectionState } from './types';

/**
 * Where the client stands inside:
 * `off` nothing is wanted; `token` waiting for the app's token; `opening` the socket connects;
 * `greeting` open, waiting for the server's hello; `live` in use; `waiting` for the next attempt;
 * `failed` given up, with a reason.
 */
export type Phase = 'off' | 'token' | 'opening' | 'greeting' | 'live' | 'waiting' | 'failed';

/** The phases of an attempt, in their order. */
const ATTEMPT: readonly Phase[] = ['token', 'opening', 'greeting', 'live'];

/**
 * Whether a phase can follow another: an attempt begins where none is under way, goes step by step,
 * and can be lost at each. What cannot follow is ignored, so that `connect()` while connected, or a
 * second hello, do nothing.
 */
export function canFollow(phase: Phase, next: Phase): boolean {
  const from = ATTEMPT.indexOf(phase);
  const to = ATTEMPT.indexOf(next);
  return next === 'off' || (to < 0 ? from >= 0 : to === from + 1);
}

/** What people see of the phases in which nothing is under way. */
const VISIBLE: Partial<Record<Phase, WSConnectionState>> = {
  off: 'disconnected',
  live: 'connected',
  failed: 'error',
};

/** What people see of a phase; `again` when an earlier attempt has already failed. */
export const visibleState = (phase: Phase, again: boolean): WSConnectionState =>
  VISIBLE[phase] ?? (again ? 'reconnecting' : 'connecting');
