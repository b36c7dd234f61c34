import type { DragStart, DragUpdate, DropResult } from '@hello-pangea/dnd';

import type { Status } from '@/lib/api/types';
import { COLUMNS } from '@/lib/status';

import type { Columns } from './order';

/** How to move cards by keyboard, read out when a card gets the focus. */
export const DRAG_INSTRUCTIONS =
  'Press Space to lift the card, arrow keys to move it, Space to drop it, Escape to put it back. Enter opens its details.';

function nameOf(columns: Columns, id: string): string {
  const items = Object.values(columns).flat();
  return items.find((item) => item.id === id)?.gift.name ?? 'Gift';
}

/** "Purchased, 2 of 5", counting the card that is in the air. */
function placeName(columns: Columns, status: Status, index: number, source: string): string {
  const count = columns[status].length + (source === status ? 0 : 1);
  return `${COLUMNS[status].label}, ${index + 1} of ${count}`;
}

export function announceStart(columns: Columns, { draggableId, source }: DragStart): string {
  const status = source.droppableId as Status;
  const place = placeName(columns, status, source.index, status);
  return `Lifted ${nameOf(columns, draggableId)}, ${place}.`;
}

export function announceUpdate(columns: Columns, update: DragUpdate): string {
  const { draggableId, destination, source } = update;
  const name = nameOf(columns, draggableId);
  if (!destination) return `${name} is between two columns.`;
  const status = destination.droppableId as Status;
  return `${name}, ${placeName(columns, status, destination.index, source.droppableId)}`;
}

export function announceEnd(columns: Columns, result: DropResult): string {
  const { draggableId, destination, source, reason } = result;
  const name = nameOf(columns, draggableId);
  if (!destination || reason === 'CANCEL') return `${name} is back where it was.`;
  const status = destination.droppableId as Status;
  const place = placeName(columns, status, destination.index, source.droppableId);
  return `Dropped ${name}, ${place}.`;
}
