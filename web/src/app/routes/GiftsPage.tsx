import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useDeferredValue, useState } from 'react';

import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { LoadError, Page } from '@/components/ui/Page';
import { SkeletonCards } from '@/components/ui/Skeleton';
import { GiftCard } from '@/features/gifts/components/GiftCard';
import { GiftDialog } from '@/features/gifts/components/GiftDialog';
import { SearchField } from '@/features/gifts/components/SearchField';
import { searchGifts } from '@/features/gifts/lib/search';
import { peopleQuery } from '@/lib/api/queries';
import { allGiftsQuery } from '@/hooks/useGifts';
import type { Gift } from '@/lib/api/types';

const GRID = 'grid grid-cols-2 gap-3 sm:grid-cols-3 sm:gap-4 lg:grid-cols-4 xl:grid-cols-5';

export function GiftsPage() {
  const [dialog, setDialog] = useState<Gift | 'new' | null>(null);
  return (
    <Page
      title="Gifts"
      subtitle="Every gift you may know of, the latest first."
      actions={
        <Button onClick={() => setDialog('new')}>
          <Plus aria-hidden className="size-4" /> Add a gift
        </Button>
      }
    >
      <Catalogue onOpen={setDialog} />
      {dialog && (
        <GiftDialog gift={dialog === 'new' ? undefined : dialog} onClose={() => setDialog(null)} />
      )}
    </Page>
  );
}

function Catalogue({ onOpen }: { onOpen: (gift: Gift | 'new') => void }) {
  const gifts = useInfiniteQuery(allGiftsQuery());
  const [query, setQuery] = useState('');
  const wanted = useDeferredValue(query);
  if (!gifts.data) {
    if (!gifts.error) return <SkeletonCards count={10} className={GRID} />;
    return <LoadError error={gifts.error} retry={() => void gifts.refetch()} />;
  }
  const loaded = gifts.data.pages.flatMap(({ items }) => items);
  if (loaded.length === 0) {
    return (
      <EmptyState
        title="No gift ideas yet"
        body="Write down what came up at dinner, or paste the link of something in a shop."
        action={<Button onClick={() => onOpen('new')}>Add the first</Button>}
      />
    );
  }
  const found = searchGifts(loaded, wanted);
  return (
    <div className="flex flex-col gap-5">
      <SearchField label="Search gifts" value={query} onChange={setQuery} />
      <p role="status" className={wanted.trim() ? 'text-sm text-soft' : 'sr-only'}>
        {describeFound(found.length, loaded.length, gifts.hasNextPage)}
      </p>
      <GiftGrid gifts={found} onOpen={onOpen} />
      {gifts.hasNextPage && (
        <Button
          look="secondary"
          className="self-center"
          busy={gifts.isFetchingNextPage}
          onClick={() => void gifts.fetchNextPage()}
        >
          Load more
        </Button>
      )}
      {gifts.isFetchNextPageError && (
        <LoadError error={gifts.error} retry={() => void gifts.fetchNextPage()} />
      )}
    </div>
  );
}

/** "3 of 60 gifts"; there may be more that are not loaded yet. */
function describeFound(found: number, loaded: number, more: boolean): string {
  const all = `${loaded} ${loaded === 1 ? 'gift' : 'gifts'}`;
  return more ? `${found} of the latest ${all}. Load more to look further.` : `${found} of ${all}`;
}

interface GiftGridProps {
  gifts: readonly Gift[];
  onOpen: (gift: Gift) => void;
}

function GiftGrid({ gifts, onOpen }: GiftGridProps) {
  const { data: people = [] } = useQuery(peopleQuery());
  return (
    <ul className={GRID}>
      {gifts.map((gift) => (
        <li key={gift.id} className="flex min-w-0">
          <GiftCard gift={gift} people={people} onOpen={() => onOpen(gift)} />
        </li>
      ))}
    </ul>
  );
}
