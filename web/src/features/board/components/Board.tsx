import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';

import { Button } from '@/components/ui/Button';
import { LoadError } from '@/components/ui/Page';
import { Skeleton } from '@/components/ui/Skeleton';
import { peopleQuery } from '@/lib/api/queries';
import { useListItems } from '@/hooks/useListItems';
import type { Gift, List, ListItem, Person, Status, User } from '@/lib/api/types';

import { useBoard } from '../hooks/useBoard';
import { useChanges } from '../hooks/useChanges';
import { useHeldCards } from '../hooks/useHeldCards';
import { useWatchers } from '../hooks/useWatchers';
import { columnsOf, placeAt } from '../lib/order';
import { AddGiftDialog } from './AddGiftDialog';
import { AddGiftForm } from './AddGiftForm';
import { BoardColumns } from './BoardColumns';
import { BoardSummary } from './BoardSummary';
import { focusCard } from './Glide';
import { ItemSheet } from './ItemSheet';
import { WatcherAvatars } from './WatcherAvatars';

export interface BoardProps {
  list: List;
  users: readonly User[];
  /** The head of the page, given what one can do on the board and how far it is. */
  renderHeader: (parts: { actions: ReactNode; summary: ReactNode }) => ReactNode;
  /** The gift of a card is to be edited; null when that card has gone. */
  onEditGift: (gift: Gift | null) => void;
}

const NO_ITEMS: readonly ListItem[] = [];
const NO_PEOPLE: readonly Person[] = [];

/** A list as its planners see it: the live board. */
export function Board({ list, users, renderHeader, onEditGift }: BoardProps) {
  const query = useListItems(list.id);
  const live = query.data ?? NO_ITEMS;
  const people = useQuery(peopleQuery()).data ?? NO_PEOPLE;
  const whoElse = useChanges(list.id, users);
  const board = useBoard(list.id, live, whoElse);
  const watchers = useWatchers(list.id, users);
  const { held, tell } = useHeldCards(list.id);
  const [adding, setAdding] = useState(false);
  const [lastFor, onFor] = useState<readonly string[]>([]);
  const [openId, setOpenId] = useState<string | null>(null);
  const open = board.shown.find(({ id }) => id === openId);
  // A card that has gone takes its sheet along, and its gift's dialog, which is on top of that.
  if (openId !== null && query.isSuccess && !open) setOpenId(null);
  useEffect(() => () => onEditGift(null), [open?.id, onEditGift]);
  const adds = { list, people, users, lastFor, onFor };
  const isEmpty = query.isSuccess && live.length === 0;

  const { move, shown } = board;
  const moveTo = useCallback(
    (item: ListItem, status: Status) => {
      const columns = columnsOf(shown);
      move(item, placeAt(columns, item.id, status, columns[status].length), 'move');
    },
    [move, shown],
  );
  const close = () => {
    setOpenId(null);
    // The card may have been drawn anew behind the sheet.
    if (openId) setTimeout(focusCard, 0, openId);
  };

  return (
    <div className="mx-auto flex w-full max-w-[90rem] grow flex-col px-4 pt-3 pb-24 sm:px-6 sm:pt-5 md:pb-8">
      {renderHeader({
        summary: useMemo(() => <BoardSummary items={live} />, [live]),
        actions: (
          <>
            <WatcherAvatars {...watchers} />
            <Button className="hidden md:inline-flex" onClick={() => setAdding(true)}>
              <Plus aria-hidden className="size-4" /> Add a gift
            </Button>
          </>
        ),
      })}
      {isEmpty && (
        <section className="mt-4 max-w-xl rounded-xl border border-line bg-surface p-5 shadow-card">
          <h2 className="mb-3 text-lg">What is the first idea?</h2>
          <AddGiftForm {...adds} />
        </section>
      )}
      {query.isPending && <BoardSkeleton />}
      {query.isError && !query.data && (
        <LoadError error={query.error} retry={() => void query.refetch()} />
      )}
      {query.data && (
        <BoardColumns
          {...{ list, board, people, users, held }}
          onOpen={setOpenId}
          onDragging={tell}
        />
      )}
      <div className="safe-bottom fixed inset-x-0 bottom-0 z-20 border-t border-line bg-bg/95 px-4 pt-3 backdrop-blur-md md:hidden">
        <Button className="w-full" onClick={() => setAdding(true)}>
          <Plus aria-hidden className="size-4" /> Add a gift
        </Button>
      </div>
      <AddGiftDialog {...adds} items={live} open={adding} onOpenChange={setAdding} />
      {open && (
        <ItemSheet
          {...{ list, people, users, onEditGift }}
          item={open}
          onClose={close}
          onMoveTo={moveTo}
        />
      )}
    </div>
  );
}

const BoardSkeleton = () => (
  // As far down as the columns will be: on a phone there are tabs above them.
  <div
    role="status"
    aria-label="Loading the board"
    className="mt-3 grid grow gap-3 max-md:mt-15 md:grid-cols-4 lg:gap-4"
  >
    {[3, 2, 2, 1].map((cards, column) => (
      <div
        key={column}
        className="flex flex-col gap-2 rounded-lg bg-sunken p-2 max-md:not-first:hidden md:pt-11"
      >
        {Array.from({ length: cards }, (_, card) => (
          <Skeleton key={card} className="h-20" />
        ))}
      </div>
    ))}
  </div>
);
