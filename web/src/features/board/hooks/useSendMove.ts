import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';

import { optimisticUpdate } from '@/hooks/useRealtimeSync';
import type { ListItem } from '@/lib/api/types';
import { listItemsKey } from '@/lib/keys';
import { useWebSocket } from '@/lib/websocket';

import { moveItem, type MoveInput } from '../api/move-item';
import { placeItem } from '../lib/order';

/**
 * Sends moves one after the other, each with an optimistic layer on the cached
 * items. A second move of a card does not wait for the first to be seen: it
 * goes out with the version that the first one's answer brought.
 */
export function useSendMove(listId: string) {
  const queryClient = useQueryClient();
  const { state } = useWebSocket();
  const isLive = useRef(false);
  useEffect(() => {
    isLive.current = state === 'connected';
  }, [state]);
  const versions = useRef(new Map<string, number>());

  /** The version our own last move of an item led to, as far as it is answered. */
  const versionAfter = useCallback((itemId: string) => versions.current.get(itemId) ?? 0, []);

  const { mutateAsync } = useMutation({
    scope: { id: `moves-${listId}` },
    mutationFn: (input: MoveInput) =>
      moveItem({ ...input, version: Math.max(input.version, versionAfter(input.itemId)) }),
    onMutate: async ({ itemId, place, mutationId }: MoveInput) => {
      const rollback = await optimisticUpdate<ListItem[]>(
        queryClient,
        listItemsKey(listId),
        (items) => placeItem(items, itemId, place),
        { mutationId },
      );
      return { rollback };
    },
    onError: (_error, _input, context) => context?.rollback(),
    onSuccess: ({ id, version }) => void versions.current.set(id, version),
    // A live topic brings our own echo too. Not awaited: the next move need not wait for it.
    onSettled: () => {
      if (!isLive.current) void queryClient.invalidateQueries({ queryKey: listItemsKey(listId) });
    },
  });

  return { send: mutateAsync, versionAfter };
}
