import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';

import { LoadError } from '@/components/ui/Page';
import { Skeleton } from '@/components/ui/Skeleton';
import { GiftDialog } from '@/features/gifts/components/GiftDialog';
import { ListHeader } from '@/features/lists/components/ListHeader';
import { listQuery, usersQuery } from '@/lib/api/queries';
import { ApiError } from '@/lib/api/problem';
import type { Gift, List } from '@/lib/api/types';

import { NotFoundPage } from './NotFoundPage';

// A wisher never needs the board's code, nor a planner the wishes'.
const loadBoard = () => import('@/features/board/components/Board');
const Board = lazy(() => loadBoard().then(({ Board }) => ({ default: Board })));
const Wishes = lazy(() =>
  import('@/features/wishes/components/Wishes').then(({ Wishes }) => ({ default: Wishes })),
);

/** A list: the board for those who plan it, the wishes for the one it is about. */
export function ListPage() {
  const { listId } = useParams({ from: '/member/lists/$listId' });
  const list = useQuery(listQuery(listId));
  // An address that cannot be a list's is refused as such.
  const noList = list.error instanceof ApiError && [404, 422].includes(list.error.status);
  if (noList) return <NotFoundPage />;
  if (list.isPending) return <ListSkeleton />;
  if (!list.data) {
    return (
      <div className="p-6">
        <LoadError error={list.error} retry={() => void list.refetch()} />
      </div>
    );
  }
  return (
    <Suspense fallback={<ListSkeleton />}>
      {/* Another list is another page: nothing of the one before stays. */}
      <ListOf key={`${list.data.id} ${list.data.access}`} list={list.data} />
    </Suspense>
  );
}

function ListOf({ list }: { list: List }) {
  const users = useQuery(usersQuery()).data ?? [];
  const [gift, setGift] = useState<Gift | null>(null);
  return (
    <>
      {list.access === 'planner' ? (
        <Board
          list={list}
          users={users}
          renderHeader={(parts) => <ListHeader list={list} {...parts} />}
          onEditGift={setGift}
        />
      ) : (
        <Wishes list={list} header={<ListHeader list={list} />} onEditGift={setGift} />
      )}
      {gift && <GiftDialog gift={gift} onClose={() => setGift(null)} />}
    </>
  );
}

const ListSkeleton = () => (
  <div role="status" aria-label="Loading the list" className="w-full p-4 sm:p-6">
    <Skeleton className="h-9 w-56" />
    <div className="mt-8 grid gap-4 md:grid-cols-4">
      <Skeleton className="h-72 rounded-lg" />
      <Skeleton className="h-72 rounded-lg max-md:hidden" />
      <Skeleton className="h-72 rounded-lg max-md:hidden" />
      <Skeleton className="h-72 rounded-lg max-md:hidden" />
    </div>
  </div>
);
