import { useInfiniteQuery } from '@tanstack/react-query';
import { Plus, Search } from 'lucide-react';
import { useState } from 'react';

import { Button } from '@/components/ui/Button';
import { GiftPicture } from '@/components/ui/GiftPicture';
import { LoadError } from '@/components/ui/Page';
import { Skeleton } from '@/components/ui/Skeleton';
import { toast, toastError } from '@/components/ui/Toast';
import { allGiftsQuery } from '@/hooks/useGifts';
import { errorMessage } from '@/lib/api/problem';
import type { Gift, List, ListItem, Person } from '@/lib/api/types';
import { useMe } from '@/lib/context/AuthContext';
import { formatMoney } from '@/lib/money';

import { useAddItem } from '../api/add-item';
import { RecipientsField } from './RecipientsField';

export interface PickGiftProps {
  list: List;
  people: readonly Person[];
  /** Whom the last card was for. */
  lastFor: readonly string[];
  onFor: (recipientIds: string[]) => void;
  /** What the list holds already; those gifts are not offered. */
  items: readonly ListItem[];
}

/** Puts gifts that exist already on the list. */
export function PickGift({ items, ...card }: PickGiftProps) {
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
          <Offer key={gift.id} gift={gift} {...card} />
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

interface OfferProps extends Omit<PickGiftProps, 'items'> {
  gift: Gift;
}

/** A gift to be added. On a list about several, whom it is for is asked first. */
function Offer({ gift, ...card }: OfferProps) {
  const { list, people } = card;
  const { user: me } = useMe();
  const [asking, setAsking] = useState(false);
  const { add, busy } = useAdd(gift, card);
  const asks = list.person_id === null && people.some(({ id }) => id !== me.person_id);
  return (
    <li className="py-2">
      <div className="flex items-center gap-3">
        <GiftPicture gift={gift} className="size-11 shrink-0" />
        <div className="min-w-0 grow">
          <p className="truncate font-medium">{gift.name}</p>
          <p className="text-sm text-soft">
            {gift.price ? formatMoney(gift.price) : 'No price yet'}
          </p>
        </div>
        {!asking && (
          <Button
            look="secondary"
            size="sm"
            aria-label={`Add ${gift.name}`}
            busy={busy}
            onClick={() => (asks ? setAsking(true) : add())}
          >
            <Plus aria-hidden className="size-4" /> Add
          </Button>
        )}
      </div>
      {asking && (
        <AskForWhom {...card} {...{ gift, busy }} onAdd={add} onCancel={() => setAsking(false)} />
      )}
    </li>
  );
}

function useAdd({ id, name }: Gift, { list, onFor }: Omit<PickGiftProps, 'items'>) {
  const { mutate, isPending } = useAddItem(list.id);
  const add = (recipientIds?: string[]) =>
    mutate(
      { gift_id: id, ...(recipientIds && { recipient_ids: recipientIds }) },
      {
        onSuccess: () => {
          if (recipientIds) onFor(recipientIds);
          toast(`Added ${name}`);
        },
        onError: (error) => toastError(errorMessage(error)),
      },
    );
  return { add, busy: isPending };
}

interface AskForWhomProps extends OfferProps {
  busy: boolean;
  onAdd: (recipientIds: string[]) => void;
  onCancel: () => void;
}

/** Asks whom the gift is for, beginning with whom it would suit, or else whom the last one was for. */
function AskForWhom(props: AskForWhomProps) {
  const { gift, list, people, lastFor, busy, onAdd, onCancel } = props;
  const [recipientIds, setRecipientIds] = useState<string[]>(() => [
    ...(gift.person_ids.length > 0 ? gift.person_ids : lastFor),
  ]);
  return (
    <div className="mt-2 flex flex-col gap-3 rounded-md bg-sunken p-3">
      <RecipientsField
        {...{ list, people }}
        surprise
        value={recipientIds}
        onChange={setRecipientIds}
      />
      <div className="flex justify-end gap-2">
        <Button look="quiet" size="sm" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="sm" busy={busy} onClick={() => onAdd(recipientIds)}>
          Add {gift.name}
        </Button>
      </div>
    </div>
  );
}
