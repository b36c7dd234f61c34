import type { WSConnectionState } from './types';

/**
 * Where the client stands inside:
 * `off` nothing is wanted; `token` waiting for the app's token; `opening` the socket connects;
 * `greeting` open, waiting for the server's hello; `live` in use; `waiting` for the next attempt;
 * `failed` given up, with a reason.
 */
export type Phase = 'off' | 'token' | 'opening' | 'greeting' | 'live' | 'waiting' | 'failed';

/** What can happen to it. */
export type Signal = 'start' | 'stop' | 'token' | 'open' | 'hello' | 'lost' | 'fatal';

/** From wherever something is under way. */
const UNDER_WAY = { stop: 'off', lost: 'waiting', fatal: 'failed' } as const;

/**
 * Where each signal leads from each phase. That most are missing in most phases, and so ignored, is
 * how `connect()` while connected, or a timer that fires late, do nothing.
 */
export const TRANSITIONS: Record<Phase, Partial<Record<Signal, Phase>>> = {
  off: { start: 'token', stop: 'off', fatal: 'failed' },
  token: { ...UNDER_WAY, token: 'opening' },
  opening: { ...UNDER_WAY, open: 'greeting' },
  greeting: { ...UNDER_WAY, hello: 'live' },
  live: UNDER_WAY,
  waiting: { start: 'token', stop: 'off', fatal: 'failed' },
  failed: { start: 'token', stop: 'off' },
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
