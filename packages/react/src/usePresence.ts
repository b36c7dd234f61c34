'use client';

import type { TidingsClient } from '@tidings/client';
import { NOBODY, watchPresence, type Presence } from '@tidings/client/presence';
import { useMemo, useSyncExternalStore } from 'react';

import { useTidingsClient } from './provider';

/** What {@link usePresence} and {@link useSignal} take besides their topic. */
export interface PresenceOptions {
  /**
   * Whether to be there, and to listen.
   * @default true
   */
  enabled?: boolean | undefined;
}

const getNobody = () => NOBODY;

/** Who is there, as one component sees it; follows for as long as it is subscribed to. */
function createStore(client: TidingsClient, topic: string, enabled: boolean) {
  let presence = NOBODY;
  return {
    get: () => presence,
    subscribe: (onChange: () => void): (() => void) => {
      if (!enabled) return () => {};
      const undo = watchPresence(client, topic, (next) => {
        presence = next;
        onChange();
      });
      return () => {
        undo();
        presence = NOBODY;
      };
    },
  };
}

/**
 * Makes the user present on a topic while the component is mounted, and returns the users who are.
 * A user who only syncs with the topic is not present. Nobody is while there is no connection.
 */
export function usePresence(topic: string, { enabled = true }: PresenceOptions = {}): Presence {
  const client = useTidingsClient();
  const store = useMemo(() => createStore(client, topic, enabled), [client, topic, enabled]);
  return useSyncExternalStore(store.subscribe, store.get, getNobody);
}
