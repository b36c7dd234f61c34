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

/** Not now: the signal means nothing in this phase. */
const _ = '';

/**
 * Every signal in every phase, and where it leads. That most are ignored in most phases is how
 * `connect()` while connected, or a timer that fires late, do nothing.
 */
// prettier-ignore
export const TRANSITIONS: Record<Phase, Record<Signal, Phase | typeof _>> = {
  off:      { start: 'token', stop: 'off', token: _,         open: _,          hello: _,      lost: _,         fatal: 'failed' },
  token:    { start: _,       stop: 'off', token: 'opening', open: _,          hello: _,      lost: 'waiting', fatal: 'failed' },
  opening:  { start: _,       stop: 'off', token: _,         open: 'greeting', hello: _,      lost: 'waiting', fatal: 'failed' },
  greeting: { start: _,       stop: 'off', token: _,         open: _,          hello: 'live', lost: 'waiting', fatal: 'failed' },
  live:     { start: _,       stop: 'off', token: _,         open: _,          hello: _,      lost: 'waiting', fatal: 'failed' },
  waiting:  { start: 'token', stop: 'off', token: _,         open: _,          hello: _,      lost: _,         fatal: 'failed' },
  failed:   { start: 'token', stop: 'off', token: _,         open: _,          hello: _,      lost: _,         fatal: _ },
};

/** What people see of a phase; `again` when an earlier attempt has already failed. */
export function visibleState(phase: Phase, again: boolean): WSConnectionState {
  if (phase === 'off') return 'disconnected';
  if (phase === 'live') return 'connected';
  if (phase === 'failed') return 'error';
  return again ? 'reconnecting' : 'connecting';
}
