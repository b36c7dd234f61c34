'use client';

import { useQuery } from '@tanstack/react-query';

import { Debounced } from '@/components/pasted/Debounced';
import { Debug } from '@/components/pasted/Debug';
import { Direct } from '@/components/pasted/Direct';
import { Indicators } from '@/components/pasted/Indicators';
import { Invalidation } from '@/components/pasted/Invalidation';
import { Low } from '@/components/pasted/Low';
import { Polling } from '@/components/pasted/Polling';
import { Tuned } from '@/components/pasted/Provider';
import { Received } from '@/components/pasted/Received';
import { Selective } from '@/components/pasted/Selective';
import { useGifts } from '@/hooks/useGifts';
import { apiClient } from '@/lib/api/client';
import type { Gift } from '@/lib/api/gift';
import { useAuth } from '@/lib/context/AuthContext';

/** Every block that is a hook or a component, over the two queries that they name. */
export default function BlocksPage() {
  const { userId, login } = useAuth();
  const { data: gifts } = useGifts('123');
  const { data: gift } = useQuery({
    queryKey: ['gift', '456'],
    queryFn: () => apiClient.get<Gift>('/gifts/456'),
  });
  return (
    <main>
      <button onClick={() => void login('anna')}>{userId ?? 'Log in'}</button>
      <h1>{gift?.name}</h1>
      <ul>
        {gifts?.map(({ id, name }) => (
          <li key={id}>{name}</li>
        ))}
      </ul>
      <Indicators />
      <Low />
      <Invalidation />
      <Direct />
      <Polling />
      <Debounced />
      <Selective />
      <Received />
      <Tuned>
        <Indicators />
      </Tuned>
      <Debug>
        <Indicators />
      </Debug>
    </main>
  );
}
