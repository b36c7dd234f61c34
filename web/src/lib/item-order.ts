import type { ListItem, ListItemPayload } from '@/lib/api/types';
import { STATUSES } from '@/lib/status';
import type { WSEvent } from '@/lib/websocket';

/** Ranks sort bytewise, ties by id. Ranks are ASCII, so comparing strings does. */
export function compareItems(a: ListItem, b: ListItem): number {
  if (a.position !== b.position) return a.position < b.position ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** The order in which REST returns a board: by column, then within it. */
function compareOnBoard(a: ListItem, b: ListItem): number {
  return STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status) || compareItems(a, b);
}

/**
 * A board's items after an event of their topic, as REST would return them now. Whom a gift would
 * suit is in no event: what is known of it stays.
 */
export function afterEvent(
  items: readonly ListItem[],
  event: WSEvent<ListItemPayload>,
): ListItem[] {
  const { entity_id, payload } = event.data;
  const others = items.filter(({ id }) => id !== entity_id);
  if (event.event === 'DELETED') return others;
  const known = items.find(({ id }) => id === entity_id);
  const gift = { ...payload.gift, person_ids: known?.gift.person_ids ?? [] };
  return [...others, { ...payload, gift }].sort(compareOnBoard);
}
