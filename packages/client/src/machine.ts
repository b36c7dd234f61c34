import type { WSConnectionState } from './types';

/**
 * Where the client stands inside:
 * `off` nothing is wanted; `token` waiting for the app's token; `opening` the socket connects;
 * `greeting` open, waiting for the server's hello; `live` in use; `waiting` for the next attempt;
 * `failed` given up, with a reason.
 */
export type Phase = 'off' | 'token' | 'opening' | 'greeting' | 'live' | 'waiting' | 'failed';

/** What can happen to it. */
export type Signal = 'start' | 'stop' | 'token' | 'open' | 'hello' | 'lost' | 'fatal' | 'retry';

/**
 * Every signal in every phase. A signal that leads to the phase it came in is ignored: that is how
 * `connect()` while connected, or a timer that fires late, do nothing.
 */
// prettier-ignore
export const TRANSITIONS: Record<Phase, Record<Signal, Phase>> = {
  off:      { start: 'token',    stop: 'off', token: 'off',      open: 'off',      hello: 'off',     lost: 'off',     fatal: 'failed',   retry: 'off' },
  token:    { start: 'token',    stop: 'off', token: 'opening',  open: 'token',    hello: 'token',   lost: 'waiting', fatal: 'failed',   retry: 'token' },
  opening:  { start: 'opening',  stop: 'off', token: 'opening',  open: 'greeting', hello: 'opening', lost: 'waiting', fatal: 'failed',   retry: 'opening' },
  greeting: { start: 'greeting', stop: 'off', token: 'greeting', open: 'greeting', hello: 'live',    lost: 'waiting', fatal: 'failed',   retry: 'greeting' },
  live:     { start: 'live',     stop: 'off', token: 'live',     open: 'live',     hello: 'live',    lost: 'waiting', fatal: 'failed',   retry: 'live' },
  waiting:  { start: 'token',    stop: 'off', token: 'waiting',  open: 'waiting',  hello: 'waiting', lost: 'waiting', fatal: 'failed',   retry: 'token' },
  failed:   { start: 'token',    stop: 'off', token: 'failed',   open: 'failed',   hello: 'failed',  lost: 'failed',  fatal: 'failed',   retry: 'failed' },
};

/** What people see of a phase; `again` when an earlier attempt has already failed. */
export function visibleState(phase: Phase, again: boolean): WSConnectionState {
  if (phase === 'off') return 'disconnected';
  if (phase === 'live') return 'connected';
  if (phase === 'failed') return 'error';
  return again ? 'reconnecting' : 'connecting';
}
