'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';

import { apiClient } from '@/lib/api/client';
import { useAuth } from '@/lib/context/AuthContext';

/** Lists have no topic: they are read when a page shows them. */
export function Lists() {
  const { user } = useAuth();
  const { data } = useQuery({
    queryKey: ['lists', user?.id],
    queryFn: () => apiClient.get('/lists?limit=200'),
    enabled: user !== null,
  });
  return (
    <ul>
      {data?.items.map(({ id, name }) => (
        <li key={id}>
          <Link href={`/lists/${id}`}>{name}</Link>
        </li>
      ))}
    </ul>
  );
}
