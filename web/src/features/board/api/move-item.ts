import { apiClient } from '@/lib/api/client';
import type { ListItem } from '@/lib/api/types';

import type { Place } from '../lib/order';

export interface MoveInput {
  itemId: string;
  place: Place;
  /** The version of the item that the mover saw. */
  version: number;
  mutationId: string;
}

/** Sends one move: the item and its new neighbours, never a whole column. */
export function moveItem({ itemId, place, version, mutationId }: MoveInput): Promise<ListItem> {
  const { status, before, after } = place;
  return apiClient.post<ListItem>(
    `/list-items/${itemId}/move`,
    { status, ...(before && { before }), ...(after && { after }), version },
    { mutationId },
  );
}
