import { useInfiniteQuery } from '@tanstack/react-query';
import { Plus, Search } from 'lucide-react';
import { useState } from 'react';

import { Button } from '@/components/ui/button';
import { GiftPicture } from '@/components/ui/gift-picture';
import { LoadError } from '@/components/ui/page';
import { Skeleton } from '@/components/ui/skeleton';
import { toast, toastError } from '@/components/ui/toast';
import { allGiftsQuery } from '@/hooks/useGifts';
import { errorMessage } from '@/lib/api/problem';
import type { Gift, ListItem } from '@/lib/api/types';
import { formatMoney } from '@/lib/money';

import { useAddItem } from '../api/add-item';

export interface PickGiftProps {
  listId: string;
  /** What the list holds already; those gifts are not offered. */
  items: readonly ListItem[];
}

/** Puts gifts that exist already on the list. */
export function PickGift({ listId, items }: PickGiftProps) {
  const gifts = useInfiniteQuery(allGiftsQuery());
  const [search, setSearch] = useState('');
  const held = new Set(items.map(({ gift_id }) => gift_id));
  const wanted = search.trim().toLowerCase();
  const offered = (gifts.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter(({ id, name }) => !held.has(id) && name.toLowerCase().includes(wanted));

  if (gifts.isPending) return <Skeleton className="h-48" />;
  if (gifts.isError) return <LoadError error={gifts.error} retry={() => void gifts.refetch()} />;
  return (
    <div>
      <div className="relative mb-2">
        <Search aria-hidden className="absolute top-3.5 left-3.5 size-4 text-faint" />
        <input
          type="search"
          aria-label="Search gifts"
          placeholder="Search"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="h-11 w-full rounded-md border border-line-strong/60 bg-surface pr-3 pl-10 text-[1rem] sm:text-base"
        />
      </div>
      {offered.length === 0 && (
        <p className="py-8 text-center text-soft">
          {wanted ? 'No gift of that name.' : 'Every gift you know is on this list already.'}
        </p>
      )}
      <ul className="divide-y divide-line">
        {offered.map((gift) => (
          <Offer key={gift.id} gift={gift} listId={listId} />
        ))}
      </ul>
      {gifts.hasNextPage && (
        <Button
          look="quiet"
          className="mt-2 w-full"
          busy={gifts.isFetchingNextPage}
          onClick={() => void gifts.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </div>
  );
}

function Offer({ gift, listId }: { gift: Gift; listId: string }) {
  const add = useAddItem(listId);
  const pick = () =>
    add.mutate(
      { gift_id: gift.id },
      {
        onSuccess: () => toast(`Added ${gift.name}`),
        onError: (error) => toastError(errorMessage(error)),
      },
    );
  return (
    <li className="flex items-center gap-3 py-2">
      <GiftPicture gift={gift} className="size-11 shrink-0" />
      <div className="min-w-0 grow">
        <p className="truncate font-medium">{gift.name}</p>
        <p className="text-sm text-soft">{gift.price ? formatMoney(gift.price) : 'No price yet'}</p>
      </div>
      <Button
        look="secondary"
        size="sm"
        aria-label={`Add ${gift.name}`}
        busy={add.isPending}
        onClick={pick}
      >
        <Plus aria-hidden className="size-4" /> Add
      </Button>
    </li>
  );
}
