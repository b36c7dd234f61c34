'use client';

import { use } from 'react';

import { useGifts } from '@/hooks/useGifts';
import { useUpdateGift } from '@/hooks/useUpdateGift';

export default function GiftsPage({ params }: { params: Promise<{ id: string }> }) {
  const { data: gifts } = useGifts(use(params).id);
  const { mutate } = useUpdateGift();
  return (
    <main>
      {gifts?.map((gift) => (
        <p key={gift.id}>
          {gift.name} <button onClick={() => mutate({ ...gift, name: 'Dragon' })}>Rename</button>
        </p>
      ))}
    </main>
  );
}
