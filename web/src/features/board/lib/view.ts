import type { ListItem } from '@/lib/api/types';

import { placeItem, type Place } from './order';

/** A move of ours that the server has not answered yet. */
export interface PendingMove {
  mutationId: string;
  itemId: string;
  place: Place;
}

/** Why the board stands still: a finger or button is down, or a card is in the air. */
export type Hold = 'pointer' | 'drag';

/**
 * What the board shows on top of the live items. While it is held, it shows a
 * still, so that no card moves away under a finger; else the live items with
 * our own pending moves applied.
 */
export interface BoardView {
  holds: readonly Hold[];
  still: readonly ListItem[] | null;
  pending: readonly PendingMove[];
  /** The last change was a drop, which has had its own animation. */
  dropped: boolean;
}

export type BoardAction =
  | { type: 'hold'; by: Hold; shown: readonly ListItem[] }
  | { type: 'release'; by: Hold }
  /** A card was dropped: it shows at once where it fell. */
  | { type: 'drop'; move: PendingMove }
  /** A card is moved without a drag: by a menu, or undo. */
  | { type: 'move'; move: PendingMove }
  /** The server answered; the live items tell the rest. */
  | { type: 'settle'; mutationId: string };

export const INITIAL_VIEW: BoardView = { holds: [], still: null, pending: [], dropped: false };

export function boardReducer(view: BoardView, action: BoardAction): BoardView {
  switch (action.type) {
    case 'hold':
      if (view.holds.includes(action.by)) return view;
      return { ...view, holds: [...view.holds, action.by], still: view.still ?? action.shown };
    case 'release':
      return release(view, action.by);
    case 'drop':
      return { ...add(release(view, 'drag'), action.move), still: null, dropped: true };
    case 'move':
      return add(view, action.move);
    case 'settle':
      return {
        ...view,
        dropped: false,
        pending: view.pending.filter(({ mutationId }) => mutationId !== action.mutationId),
      };
  }
}

function release(view: BoardView, by: Hold): BoardView {
  if (!view.holds.includes(by)) return view;
  const holds = view.holds.filter((hold) => hold !== by);
  return { ...view, holds, still: holds.length > 0 ? view.still : null, dropped: false };
}

function add(view: BoardView, move: PendingMove): BoardView {
  return { ...view, dropped: false, pending: [...view.pending, move] };
}

/** What the board shows now. */
export function shownItems(view: BoardView, live: readonly ListItem[]): readonly ListItem[] {
  if (view.still) return view.still;
  return view.pending.reduce((items, { itemId, place }) => placeItem(items, itemId, place), live);
}
