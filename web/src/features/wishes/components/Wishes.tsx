import { ExternalLink, Pencil, X } from 'lucide-react';
import type { ReactNode } from 'react';

import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { GiftPicture } from '@/components/ui/GiftPicture';
import { LoadError } from '@/components/ui/Page';
import { SkeletonCards } from '@/components/ui/Skeleton';
import { toast, toastError } from '@/components/ui/Toast';
import { errorMessage } from '@/lib/api/problem';
import type { Gift, List, Wish } from '@/lib/api/types';
import { formatMoney } from '@/lib/money';

import { useWishes } from '../api/get-wishes';
import { useWithdrawWish } from '../api/withdraw-wish';
import { AddWishForm } from './AddWishForm';

export interface WishesProps {
  list: List;
  header: ReactNode;
  onEditGift: (gift: Gift) => void;
}

/** A list as the person it is about sees it: what they wish for, and no more. */
export function Wishes({ list, header, onEditGift }: WishesProps) {
  const wishes = useWishes(list.id);
  return (
    <div className="mx-auto flex w-full max-w-3xl flex-col gap-5 px-4 pt-3 pb-16 sm:px-6 sm:pt-6">
      {header}
      <AddWishForm listId={list.id} />
      <p className="text-sm text-pretty text-faint">
        This list is about you, so you see your wishes and not what the others make of them.
      </p>
      {wishes.isPending && <SkeletonCards count={3} className="sm:grid-cols-1 lg:grid-cols-1" />}
      {wishes.isError && !wishes.data && (
        <LoadError error={wishes.error} retry={() => void wishes.refetch()} />
      )}
      {wishes.data?.length === 0 && (
        <EmptyState
          title="No wishes yet"
          body="Write down what you would love to get, big or small. A link helps the others find it."
        />
      )}
      <ul className="flex flex-col gap-2.5">
        {wishes.data?.map((wish) => (
          <WishRow key={wish.id} wish={wish} onEdit={() => onEditGift(wish.gift)} />
        ))}
      </ul>
    </div>
  );
}

function WishRow({ wish, onEdit }: { wish: Wish; onEdit: () => void }) {
  const { gift } = wish;
  const withdraw = useWithdrawWish(wish.list_id);
  const price = gift.sale_price ?? gift.price;
  const take = () =>
    withdraw.mutate(wish.id, {
      onSuccess: () => toast(`Withdrew ${gift.name}`),
      onError: (error) => toastError(errorMessage(error)),
    });
  return (
    <li className="flex animate-fade-in items-center gap-3.5 rounded-lg border border-line bg-surface p-3 shadow-card">
      <GiftPicture gift={gift} className="size-16 shrink-0" />
      <div className="min-w-0 grow">
        <h2 className="leading-snug font-medium tracking-normal break-words">{gift.name}</h2>
        <p className="mt-0.5 flex items-center gap-2 text-sm text-soft">
          {price && <span className="tabular-nums">{formatMoney(price)}</span>}
          {gift.url && (
            <a
              href={gift.url}
              target="_blank"
              rel="noreferrer noopener"
              className="inline-flex items-center gap-1 font-medium text-berry hover:underline"
            >
              <ExternalLink aria-hidden className="size-3.5" /> Open link
            </a>
          )}
        </p>
      </div>
      <Button look="quiet" size="icon" aria-label={`Edit ${gift.name}`} onClick={onEdit}>
        <Pencil aria-hidden className="size-4" />
      </Button>
      <Button
        look="quiet"
        size="icon"
        aria-label={`Withdraw ${gift.name}`}
        disabled={withdraw.isPending}
        onClick={take}
      >
        <X aria-hidden className="size-4.5" />
      </Button>
    </li>
  );
}
