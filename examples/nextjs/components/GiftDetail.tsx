'use client';

import { useQuery } from '@tanstack/react-query';

import { useRealtimeSync } from '@/hooks/useRealtimeSync';
import { apiClient } from '@/lib/api/client';

export function GiftDetail({ giftId }: { giftId: string }) {
  const { data: gift } = useQuery({
    queryKey: ['gift', giftId],
    queryFn: () => apiClient.get(`/gifts/${giftId}`),
  });

  useRealtimeSync({
    topic: `gift:${giftId}`,
    queryKey: ['gift', giftId],
    events: ['UPDATED', 'STATUS_CHANGED'], // Ignore ADDED/DELETED
    onEvent: (event) => {
      console.log('Received:', event);
    },
  });

  return <h1>{gift?.name ?? '…'}</h1>;
}
