// The public contract of @tidings/client/presence: who is there, and what they signal.

import type { TidingsClient } from './client';
import type { SubscriptionError } from './errors';
import type { PresenceMessage } from './types';

export {
  MAX_ENTITY_BYTES,
  MAX_SIGNAL_BYTES,
  SIGNAL_BURST,
  SIGNALS_PER_SECOND,
  onSignal,
  sendSignal,
} from './signals';
export type { Signal } from './signals';
export type { SignalOptions } from './types';

/** Who is there for a topic. */
export interface Presence {
  /** User ids, sorted, oneself included; several tabs of a user are one. Empty in a crowd. */
  readonly members: readonly string[];
  /** How many are there; more than are named in a crowd of over a hundred. */
  readonly count: number;
  /** Why nobody can be seen: the code is `forbidden` where readers may not know of each other. */
  readonly error?: SubscriptionError | undefined;
}

/** Nobody is there, as far as is known: also while there is no connection. */
export const NOBODY: Presence = { members: [], count: 0 };

/** Takes a message into account. */
function update({ members }: Presence, message: PresenceMessage): Presence {
  const { members: all, joined = [], left = [], count } = message;
  const isChange = message.joined !== undefined || message.left !== undefined;
  const next = new Set(all ?? (isChange ? [...members, ...joined] : []));
  for (const member of left) next.delete(member);
  return { members: [...next].sort(), count };
}

/**
 * Makes the user be there for a topic, and follows who else is.
 *
 * @param onChange - Called with each change; {@link NOBODY} when the connection is lost.
 * @returns The undo.
 */
export function watchPresence(
  client: TidingsClient,
  topic: string,
  onChange: (presence: Presence) => void,
): () => void {
  let presence = NOBODY;
  const tell = (next: Presence) => {
    if (next !== presence) onChange((presence = next));
  };
  const leave = client.subscribe(topic, () => {}, {
    presence: true,
    onMessage: (message) => message.type === 'presence' && tell(update(presence, message)),
    onError: (error) => tell({ ...NOBODY, error }),
    onRevoked: () => tell(NOBODY),
  });
  const unwatch = client.onStatus(() => client.getStatus().state === 'connected' || tell(NOBODY));
  return () => {
    leave();
    unwatch();
  };
}
