import type { Connection } from './connection';
import type { Roster } from './entries';
import type { TidingsError } from './errors';
import type { Heartbeat } from './heartbeat';
import type { Phase } from './machine';
import type { ResolvedOptions, TokenRefusal } from './options';
import type { WSConnectionState } from './types';

type Timer = ReturnType<typeof setTimeout>;

/** The connection as people see it, and why. The same object until something changes. */
export interface ConnectionStatus {
  readonly state: WSConnectionState;
  /** Why the connection is lost or given up; undefined while all is well. */
  readonly error?: TidingsError | undefined;
}

/** Changed by status.ts alone. */
interface StatusState {
  phase: Phase;
  shown: ConnectionStatus;
  readonly statusListeners: Set<() => void>;
}

/** Changed by reconnect.ts alone. */
interface BackoffState {
  /** Failures since the last stable connection, or stop. */
  failures: number;
  /** When the connection came up; Infinity while it is not. */
  upSince: number;
  /** Before when the server does not want the client back. */
  notBefore: number;
  /** How long the server's wish was: a clock that is set back does not make it longer. */
  wishMs: number;
}

/** Changed by tokens.ts alone. */
interface TokenState {
  /** Raised when nothing is wanted any more: answers to older questions come too late. */
  generation: number;
  refreshTimer?: Timer | undefined;
  /** Why the last token was refused. */
  tokenError?: TokenRefusal | undefined;
  refusals: number;
}

/** Changed by attempt.ts alone. */
interface AttemptState {
  connection?: Connection | undefined;
  heartbeat?: Heartbeat | undefined;
  /** There is one thing to wait for at a time: an attempt's end, or its beginning. */
  timer?: Timer | undefined;
  unwake?: (() => void) | undefined;
  /** When the page last came back to life; 0 once an attempt was made because of it. */
  wokeAt: number;
  openedAt: number;
  refusal?: TidingsError | undefined;
  lastToken?: string | null | undefined;
}

/** All that a client knows. */
export interface ClientState extends StatusState, BackoffState, TokenState, AttemptState {
  settings: ResolvedOptions;
  isWanted?: boolean;
  readonly roster: Roster;
}

/** Puts a frame on the wire; it is dropped where there is no connection. */
export const send = ({ connection }: ClientState, frame: object): void => connection?.send(frame);

/** What the option `debug` is for. */
export function log({ settings }: ClientState, ...what: unknown[]): void {
  // eslint-disable-next-line no-console -- see above
  if (settings.debug) console.debug('[tidings]', ...what);
}
