'use client';

import Link from 'next/link';

import { useGifts, useUpdateGift } from '@/hooks/useGifts';

/** The gifts of a list. Renaming one shows at once, and is taken back if the server refuses. */
export function Gifts({ listId }: { listId: string }) {
  const { data: gifts } = useGifts(listId);
  const update = useUpdateGift();

  return (
    <>
      {update.error && <p role="alert">{update.error.message}</p>}
      <ul>
        {gifts?.map((gift) => (
          <li key={gift.id}>
            <Link href={`/gifts/${gift.id}`}>{gift.name}</Link>{' '}
            <form
              action={(form) => update.mutate({ ...gift, name: String(form.get('name')) })}
              aria-label={`Rename ${gift.name}`}
            >
              <input name="name" aria-label={`New name of ${gift.name}`} />
              <button>Rename</button>
            </form>
          </li>
        ))}
      </ul>
    </>
  );
}
