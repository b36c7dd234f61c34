'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';

import { EventLog } from '@/components/EventLog';
import { GiftSummary } from '@/components/GiftSummary';
import { Kanban } from '@/components/Kanban';
import { useRealtimeSync } from '@/hooks/useRealtimeSync';
import { apiClient } from '@/lib/api/client';

export default function ListDetailPage({ params }: { params: { id: string } }) {
  const queryKey = ['list-items', params.id];

  // Fetch data
  const { data: items } = useQuery({
    queryKey,
    queryFn: () => apiClient.get(`/list-items?list_id=${params.id}`),
  });

  // Real-time sync (Kanban board only)
  useRealtimeSync({
    topic: `list-items:${params.id}`,
    queryKey,
  });

  return (
    <main>
      <h1>Board</h1>
      <p>
        <GiftSummary listId={params.id} />{' '}
        <Link href={`/lists/${params.id}/gifts`}>Gifts of this list</Link>{' '}
        <Link href={`/lists/${params.id}/progress`}>Progress</Link>
      </p>
      {items ? <Kanban items={items} listId={params.id} /> : <p>Loading …</p>}
      <EventLog topic={`list-items:${params.id}`} />
    </main>
  );
}
