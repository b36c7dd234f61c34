import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react';

import { toast } from '@/components/ui/Toast';
import { newMutationId } from '@/lib/api/client';
import type { ListItem } from '@/lib/api/types';
import { COLUMNS } from '@/lib/status';

import { placeOf, type Place } from '../lib/order';
import { describeRefusal } from '../lib/refusal';
import { boardReducer, INITIAL_VIEW, shownItems, type Hold } from '../lib/view';
import { useSendMove } from './useSendMove';

/** How long a move can be taken back, in milliseconds. */
export const UNDO_MS = 8_000;

/** The toast that tells of our own last move. */
const MOVE_TOAST = 'move';

interface LastMove {
  itemId: string;
  /** What the gift is called. */
  name: string;
  /** Where the item came from. */
  home: Place;
  /** The version it had there. */
  version: number;
  /** When taking it back is no longer offered, in milliseconds since the epoch. */
  until: number;
}

/** How a card gets moved: a drop has had its animation, a menu's move has not. */
export type MoveBy = 'drop' | 'move';

export interface BoardState {
  /** What to show: the live items, or a still of them while the board is held. */
  shown: readonly ListItem[];
  /** The last change was a drop, which needs no further animation. */
  dropped: boolean;
  hold: (by: Hold) => void;
  release: (by: Hold) => void;
  /** Sends an item to a place, and offers to undo it. */
  move: (item: ListItem, place: Place, by: MoveBy) => void;
  /** Takes the last move back, unless somebody changed the item since. */
  undo: () => void;
  /** Whether there is a move young enough to take back. */
  canUndo: () => boolean;
}

/**
 * The board between the live items and the screen: what is held back, what is
 * under way, what can be undone. `whoElse` names the member who last touched an item,
 * if that was not the reader.
 */
export function useBoard(
  listId: string,
  live: readonly ListItem[],
  whoElse: (itemId: string) => string | null,
): BoardState {
  const [view, dispatch] = useReducer(boardReducer, INITIAL_VIEW);
  const shown = useMemo(() => shownItems(view, live), [view, live]);
  const latest = useRef({ shown, live });
  useEffect(() => {
    latest.current = { shown, live };
  });
  const { send, versionAfter } = useSendMove(listId);
  const last = useRef<LastMove | null>(null);

  const hold = useCallback((by: Hold) => {
    dispatch({ type: 'hold', by, shown: latest.current.shown });
  }, []);
  const release = useCallback((by: Hold) => dispatch({ type: 'release', by }), []);

  const start = useCallback(
    async (item: ListItem, place: Place, version: number, by: MoveBy) => {
      const { id: itemId, status: home, gift } = item;
      const mutationId = newMutationId();
      dispatch({ type: by, move: { mutationId, itemId, place } });
      try {
        await send({ itemId, place, version, mutationId });
      } catch (error) {
        last.current = null;
        const text = describeRefusal({ name: gift.name, home, other: whoElse(itemId), error });
        toast(text, { key: MOVE_TOAST, look: 'error' });
      } finally {
        dispatch({ type: 'settle', mutationId });
      }
    },
    [send, whoElse],
  );

  const undo = useCallback(() => {
    const move = last.current;
    last.current = null;
    if (!move) return;
    const { name } = move;
    const item = latest.current.live.find(({ id }) => id === move.itemId);
    if (!item) {
      toast(`${name} is no longer on this list.`, { key: MOVE_TOAST, look: 'error' });
      return;
    }
    const other = whoElse(item.id);
    if (other && item.version > Math.max(move.version + 1, versionAfter(item.id))) {
      const text = `${other} changed ${name} since, so it stays where it is.`;
      toast(text, { key: MOVE_TOAST, look: 'error' });
      return;
    }
    toast(`${name} is back in ${COLUMNS[move.home.status].label}`, { key: MOVE_TOAST });
    void start(item, move.home, move.version, 'move');
  }, [start, versionAfter, whoElse]);

  const move = useCallback(
    (item: ListItem, place: Place, by: MoveBy) => {
      const home = placeOf(latest.current.shown, item.id);
      if (!home) return;
      const until = Date.now() + UNDO_MS;
      const { name } = item.gift;
      last.current = { itemId: item.id, name, home, version: item.version, until };
      toast(`Moved ${name} to ${COLUMNS[place.status].label}`, {
        key: MOVE_TOAST,
        durationMs: UNDO_MS,
        action: { label: 'Undo', run: undo },
      });
      void start(item, place, item.version, by);
    },
    [start, undo],
  );

  const canUndo = useCallback(() => (last.current?.until ?? 0) > Date.now(), []);

  return { shown, dropped: view.dropped, hold, release, move, undo, canUndo };
}
