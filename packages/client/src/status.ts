import type { TidingsError } from './errors';
import { guard } from './guard';
import { canFollow, visibleState, type Phase } from './machine';
import { log, type ClientState } from './state';

/**
 * Moves to a phase; false where it cannot be reached from the one before, and where somebody who
 * hears of it ends what is under way.
 */
export function step(client: ClientState, next: Phase, error?: TidingsError): boolean {
  const { phase, shown, generation } = client;
  if (!canFollow(phase, next)) return false;
  log(client, phase, '→', next, error?.message ?? '');
  client.phase = next;
  const state = visibleState(next, client.failures > 0);
  const reason = error ?? (next === 'live' || next === 'off' ? undefined : shown.error);
  if (state !== shown.state || reason !== shown.error) {
    client.shown = { state, error: reason };
    for (const listener of [...client.statusListeners]) guard('onStatus', listener);
  }
  return generation === client.generation;
}
