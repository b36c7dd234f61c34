import type { ListItem, Status } from '@/lib/api/types';
import { compareItems } from '@/lib/item-order';
import { STATUSES } from '@/lib/status';

/** A place in a column, named by what stands beside it. */
export interface Place {
  status: Status;
  /** The item directly before it, if any. */
  before: string | null;
  /** The item directly behind it, if any. */
  after: string | null;
}

export type Columns = Record<Status, ListItem[]>;

/** The items of each column in order. */
export function columnsOf(items: readonly ListItem[]): Columns {
  const columns: Columns = { idea: [], selected: [], purchased: [], received: [] };
  for (const item of items) columns[item.status].push(item);
  for (const status of STATUSES) columns[status].sort(compareItems);
  return columns;
}

/** Codes between which a provisional rank may be made of. */
const LOWEST = 1;
const HIGHEST = 127;

/**
 * A rank between two others, for a card that waits for the server to give it
 * its real one. Null stands for an end of the column.
 */
export function rankBetween(low: string | null, high: string | null): string {
  const below = low ?? '';
  let above = high;
  let rank = '';
  for (let i = 0; ; i++) {
    const from = i < below.length ? below.charCodeAt(i) : LOWEST - 1;
    const to = above !== null && i < above.length ? above.charCodeAt(i) : HIGHEST;
    if (to - from > 1) return rank + String.fromCharCode(from + Math.ceil((to - from) / 2));
    rank += String.fromCharCode(Math.max(from, LOWEST - 1));
    if (from < to) above = null;
  }
}

/**
 * Puts an item between two neighbours. As on the server, a neighbour that is
 * gone falls back to the other one, then to the column's end. Between two of
 * the same rank there is no room: those behind the item make some.
 */
export function placeItem(items: readonly ListItem[], id: string, place: Place): ListItem[] {
  const moved = items.find((item) => item.id === id);
  if (!moved) return [...items];
  const column = columnsOf(items.filter((item) => item.id !== id))[place.status];
  const index = indexIn(column, place);
  const low = column[index - 1]?.position ?? null;
  const behind = column.slice(index).filter(({ position }) => position === low);
  const high = column[index + behind.length]?.position ?? null;
  const ranked = ranksBetween(low, high, [{ ...moved, status: place.status }, ...behind]);
  return items.map((item) => ranked.get(item.id) ?? item);
}

/** The items by their ids, with provisional ranks in their order. */
function ranksBetween(low: string | null, high: string | null, items: readonly ListItem[]) {
  const ranked = new Map<string, ListItem>();
  let below = low;
  for (const item of items) {
    below = rankBetween(below, high);
    ranked.set(item.id, { ...item, position: below });
  }
  return ranked;
}

function indexIn(column: readonly ListItem[], { before, after }: Place): number {
  const previous = column.findIndex(({ id }) => id === before);
  if (previous >= 0) return previous + 1;
  const next = column.findIndex(({ id }) => id === after);
  return next >= 0 ? next : column.length;
}

/** The place at an index of a column, as if the item had left its own. */
export function placeAt(columns: Columns, id: string, status: Status, index: number): Place {
  const others = columns[status].filter((item) => item.id !== id);
  return {
    status,
    before: others[index - 1]?.id ?? null,
    after: others[index]?.id ?? null,
  };
}

/** Where an item stands now, for putting it back later. */
export function placeOf(items: readonly ListItem[], id: string): Place | null {
  const item = items.find((candidate) => candidate.id === id);
  if (!item) return null;
  const columns = columnsOf(items);
  const index = columns[item.status].findIndex((candidate) => candidate.id === id);
  return placeAt(columns, id, item.status, index);
}
