import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

import { listItemsTopic } from '@/lib/keys';
import { useSignal } from '@/lib/websocket';

/** How often a browser announces the card that it drags, in milliseconds. */
export const BEAT_MS = 2_000;

/** A card that nobody said to be dragging for this long is let go of, in milliseconds. */
export const HELD_MS = 5_000;

/**
 * What boards tell each other: whether an item is being dragged. The signal names the item as its
 * entity, so that it reaches those alone who see its card.
 */
interface DragSignal {
  dragging: boolean;
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
 * Shows the cards that other members drag. A browser announces its card again and
 * again: who comes later sees it too, and when they vanish with a card in their hand
 * it is let go of.
 */
export function useHeldCards(listId: string): Hands {
  // User → item: a person has one hand.
  const [hands, setHands] = useState<ReadonlyMap<string, string>>(new Map());
  const expiries = useTimers();
  const beat = useRef<ReturnType<typeof setInterval>>(undefined);
  const mine = useRef<string>(null);

  const hold = (user: string, itemId: string) =>
    setHands((before) =>
      before.get(user) === itemId ? before : new Map(before).set(user, itemId),
    );

  const letGo = (user: string, itemId: string) =>
    setHands((before) => {
      if (before.get(user) !== itemId) return before;
      const after = new Map(before);
      after.delete(user);
      return after;
    });

  const send = useSignal<DragSignal>(listItemsTopic(listId), ({ user_id, entity, data }) => {
    if (entity === undefined) return;
    if (!isDragging(data)) return letGo(user_id, entity);
    hold(user_id, entity);
    expiries.set(user_id, () => letGo(user_id, entity));
  });

  const tell = useCallback(
    (itemId: string | null) => {
      clearInterval(beat.current);
      const before = mine.current;
      mine.current = itemId;
      if (before !== null && before !== itemId) send({ dragging: false }, { entity: before });
      if (itemId === null) return;
      const say = () => send({ dragging: true }, { entity: itemId });
      say();
      beat.current = setInterval(say, BEAT_MS);
    },
    [send],
  );
  useEffect(() => () => clearInterval(beat.current), []);

  const held = useMemo(() => new Map([...hands].map(([user, item]) => [item, user])), [hands]);
  return { held, tell };
}

/** The data of a signal comes from another browser: anything but true means no. */
function isDragging(data: unknown): boolean {
  return ((data ?? {}) as { dragging?: unknown }).dragging === true;
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
    set(name: string, run: () => void): void {
      clearTimeout(timers.current.get(name));
      timers.current.set(name, setTimeout(run, HELD_MS));
    },
  };
}
