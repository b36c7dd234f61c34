import {
  DragDropContext,
  type DragStart,
  type DragUpdate,
  type DropResult,
  type ResponderProvided,
} from '@hello-pangea/dnd';
import { useCallback, useMemo, useState } from 'react';

import type { List, ListItem, Person, Status, User } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { styleNonce } from '@/lib/nonce';
import { STATUSES } from '@/lib/status';

import type { BoardState } from '../hooks/useBoard';
import type { HeldCards } from '../hooks/useHeldCards';
import { useCurrentColumn } from '../hooks/useCurrentColumn';
import { usePointerHold } from '../hooks/usePointerHold';
import { useUndoKey } from '../hooks/useUndoKey';
import { announceEnd, announceStart, announceUpdate, DRAG_INSTRUCTIONS } from '../lib/announce';
import { columnsOf, placeAt } from '../lib/order';
import { scrollingOptions } from '../lib/scrolling';
import { Column } from './Column';
import { ColumnTabs } from './ColumnTabs';
import { Glide } from './Glide';

export interface BoardColumnsProps {
  list: List;
  board: BoardState;
  people: readonly Person[];
  users: readonly User[];
  /** The cards that others are dragging. */
  held: HeldCards;
  onOpen: (itemId: string) => void;
  /** A card is being dragged here; null when it no longer is. */
  onDragging: (itemId: string | null) => void;
}

/** The four columns, and everything that moves cards between them. */
export function BoardColumns(props: BoardColumnsProps) {
  const { list, board, people, users, held, onOpen, onDragging } = props;
  const { shown, dropped, hold, release, move, undo, canUndo } = board;
  const columns = useMemo(() => columnsOf(shown), [shown]);
  const { scroller, current, onScroll, goTo } = useCurrentColumn();
  const [dragging, setDragging] = useState(false);
  const [nonce] = useState(styleNonce);
  const onPointerDown = usePointerHold(
    useCallback(() => hold('pointer'), [hold]),
    useCallback(() => release('pointer'), [release]),
  );
  useUndoKey(canUndo, undo);

  const onMoveTo = useCallback(
    (item: ListItem, status: Status) =>
      move(item, placeAt(columns, item.id, status, columns[status].length), 'move'),
    [move, columns],
  );
  const onStep = useCallback(
    (item: ListItem, step: -1 | 1) => {
      const index = columns[item.status].findIndex(({ id }) => id === item.id);
      move(item, placeAt(columns, item.id, item.status, index + step), 'move');
    },
    [move, columns],
  );

  const onDragStart = (start: DragStart, { announce }: ResponderProvided) => {
    setDragging(true);
    hold('drag');
    onDragging(start.draggableId);
    announce(announceStart(columns, start));
  };
  const onDragUpdate = (update: DragUpdate, { announce }: ResponderProvided) =>
    announce(announceUpdate(columns, update));
  const onDragEnd = (result: DropResult, { announce }: ResponderProvided) => {
    setDragging(false);
    onDragging(null);
    announce(announceEnd(columns, result));
    const { draggableId, source, destination } = result;
    const item = shown.find(({ id }) => id === draggableId);
    const stays =
      destination?.droppableId === source.droppableId && destination.index === source.index;
    if (!item || !destination || stays) return release('drag');
    const status = destination.droppableId as Status;
    move(item, placeAt(columns, item.id, status, destination.index), 'drop');
  };

  return (
    <DragDropContext
      dragHandleUsageInstructions={DRAG_INSTRUCTIONS}
      {...(nonce && { nonce })}
      autoScrollerOptions={scrollingOptions()}
      {...{ onDragStart, onDragUpdate, onDragEnd }}
    >
      <ColumnTabs columns={columns} current={current} onSelect={goTo} />
      {/* What scrolls has no margin itself: the drag library would not scroll on at its edges. */}
      <div className="-mx-4 flex grow sm:-mx-6">
        <div
          ref={scroller}
          onScroll={onScroll}
          onPointerDown={onPointerDown}
          className={cn(
            'no-scrollbar flex grow overflow-x-auto px-4 pt-3 sm:px-6 lg:overflow-visible',
            // Snapping would fight the scrolling that follows a dragged card.
            !dragging && 'max-md:snap-x max-md:snap-mandatory',
          )}
        >
          <Glide
            arrangement={shown}
            still={dropped}
            className="grid grow auto-cols-[calc(100vw-3.5rem)] grid-flow-col gap-3 md:auto-cols-[minmax(15.5rem,1fr)] lg:gap-4"
          >
            {STATUSES.map((status) => (
              <Column
                key={status}
                status={status}
                items={columns[status]}
                {...{ list, people, users, held, onOpen, onMoveTo, onStep }}
              />
            ))}
          </Glide>
        </div>
      </div>
    </DragDropContext>
  );
}
