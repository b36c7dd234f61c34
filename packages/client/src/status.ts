import type { TidingsError } from './errors';
import { guard } from './guard';
import { ORIGINS, visibleState, type Phase } from './machine';
import type { WSConnectionState } from './types';

/** The connection as people see it, and why. The same object until something changes. */
export interface ConnectionStatus {
  readonly state: WSConnectionState;
  /** Why the connection is lost or given up; undefined while all is well. */
  readonly error?: TidingsError | undefined;
}

/** Where the client stands: inside, and as people see it. */
export interface Stage {
  phase: Phase;
  /** Moves to a phase; false where it cannot be reached from the one before. */
  step: (next: Phase, error?: TidingsError) => boolean;
  /** The status now. */
  getStatus: () => ConnectionStatus;
  /** Calls back after each change of the status; returns the undo. */
  onStatus: (listener: () => void) => () => void;
}

/** @param hasFailed - Whether an earlier attempt has failed. */
export function createStage(log: (...what: unknown[]) => void, hasFailed: () => boolean): Stage {
  let status: ConnectionStatus = { state: 'disconnected' };
  const listeners = new Set<() => void>();
  const stage: Stage = {
    phase: 'off',
    step(next, error) {
      const { phase } = stage;
      if (!ORIGINS[next].includes(phase)) return false;
      log(phase, '→', next, error?.message ?? '');
      stage.phase = next;
      const state = visibleState(next, hasFailed());
      const reason = error ?? (next === 'live' || next === 'off' ? undefined : status.error);
      if (state !== status.state || reason !== status.error) {
        status = { state, error: reason };
        for (const listener of [...listeners]) guard('onStatus', listener);
      }
      return true;
    },
    getStatus: () => status,
    onStatus(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return stage;
}
