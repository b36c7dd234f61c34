'use client';

import {
  onSignal as listen,
  sendSignal,
  type Signal,
  type SignalOptions,
} from '@tidings/client/presence';
import { useCallback, useEffect, useRef } from 'react';

import { useTidingsClient } from './provider';
import type { PresenceOptions } from './usePresence';

/**
 * Fleeting messages between those who look at a topic, e.g. which card somebody is dragging. They
 * are in no history: who is not there misses them.
 *
 * @param onSignal - Called with what others send; may be inline.
 * @returns Sends to the others, and never changes for a topic. False when there is no connection:
 * nobody hears it then, and it is not kept. Beyond ten a second the newest of the topic and entity
 * waits for its turn, in the place of an older one that waited. Data of more than 4 KiB is a
 * TypeError. Name the `entity` that a signal is about, where not everybody may know of it.
 */
export function useSignal<T = unknown>(
  topic: string,
  onSignal?: (signal: Signal<T>) => void,
  { enabled = true }: PresenceOptions = {},
): (data: T, options?: SignalOptions) => boolean {
  const client = useTidingsClient();
  const latest = useRef(onSignal);

  useEffect(() => {
    latest.current = onSignal;
  });

  useEffect(() => {
    if (!enabled) return undefined;
    return listen<T>(client, topic, (signal) => latest.current?.(signal));
  }, [client, topic, enabled]);

  return useCallback(
    (data: T, options?: SignalOptions) => sendSignal(client, topic, data, options),
    [client, topic],
  );
}
