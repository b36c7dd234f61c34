import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

import { listItemsTopic } from '@/lib/keys';
import { useSignal } from '@/lib/websocket';

/** How often whoever drags a card says so, in milliseconds. */
export const BEAT_MS = 2_000;

/** A card that nobody said to be dragging for this long is let go of, in milliseconds. */
export const HELD_MS = 5_000;

/** What boards tell each other: the item that is being dragged, null when it no longer is. */
interface DragSignal {
  dragging: string | null;
}

/** Item → the user in whose hand it is. */
export type HeldCards = ReadonlyMap<string, string>;

interface Hands {
  /** The cards that others are dragging. */
  held: HeldCards;
  /** Tells the others that one drags a card, or no longer does. */
  tell: (itemId: string | null) => void;
}

/**
 * Shows each other which card somebody is dragging. Whoever drags says so again and
 * again: who comes later sees it too, and when they vanish with a card in their hand
 * it is let go of.
 */
export function useHeldCards(listId: string): Hands {
  // User → item: a person has one hand.
  const [hands, setHands] = useState<ReadonlyMap<string, string>>(new Map());
  const expiries = useTimers();
  const beat = useRef<ReturnType<typeof setInterval>>(undefined);

  const hold = (user: string, itemId: string | null) =>
    setHands((before) => {
      if ((before.get(user) ?? null) === itemId) return before;
      const after = new Map(before);
      if (itemId === null) after.delete(user);
      else after.set(user, itemId);
      return after;
    });

  const send = useSignal<DragSignal>(listItemsTopic(listId), ({ user_id, data }) => {
    const itemId = itemOf(data);
    hold(user_id, itemId);
    expiries.set(user_id, itemId === null ? null : () => hold(user_id, null));
  });

  const tell = useCallback(
    (itemId: string | null) => {
      clearInterval(beat.current);
      send({ dragging: itemId });
      if (itemId !== null) beat.current = setInterval(send, BEAT_MS, { dragging: itemId });
    },
    [send],
  );
  useEffect(() => () => clearInterval(beat.current), []);

  const held = useMemo(() => new Map([...hands].map(([user, item]) => [item, user])), [hands]);
  return { held, tell };
}

/** What was said comes from another browser: anything but an item's id means none. */
function itemOf(data: unknown): string | null {
  const { dragging } = (data ?? {}) as { dragging?: unknown };
  return typeof dragging === 'string' ? dragging : null;
}

/** One timer for each name, cleared with the component. */
function useTimers() {
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>());
  useEffect(() => {
    const all = timers.current;
    return () => {
      for (const timer of all.values()) clearTimeout(timer);
    };
  }, []);
  return {
    set(name: string, run: (() => void) | null): void {
      clearTimeout(timers.current.get(name));
      timers.current.delete(name);
      if (run) timers.current.set(name, setTimeout(run, HELD_MS));
    },
  };
}
