import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';

import { toast } from '@/components/ui/Toast';
import type { ListItemPayload, User } from '@/lib/api/types';
import { useMe } from '@/lib/context/AuthContext';
import { listItemsTopic } from '@/lib/keys';
import { COLUMNS } from '@/lib/status';
import { useWebSocket, type WSEvent } from '@/lib/websocket';

/** The name of a user, who may have left the family. */
const nameOf = (users: readonly User[], id: string) =>
  users.find((user) => user.id === id)?.name ?? 'Somebody';

/**
 * What somebody else's event did to the board, in a few words; empty for what needs none. A card
 * may leave because it is for the reader: nothing says who took it away, or that anybody did.
 */
export function describeChange({ event, data }: WSEvent<ListItemPayload>, name: string): string {
  const { gift, status } = data.payload;
  if (event === 'STATUS_CHANGED') return `${name} moved ${gift.name} → ${COLUMNS[status].label}`;
  if (event === 'ADDED') return `${name} added ${gift.name}`;
  if (event === 'DELETED') return `${gift.name} is no longer on this list`;
  return '';
}

/**
 * Tells what the others do on the board, and remembers who touched a card last.
 * Returns what names them; null when it was the reader, or nobody yet.
 */
export function useChanges(listId: string, users: readonly User[]) {
  const { user: me } = useMe();
  const { subscribe } = useWebSocket();
  const queryClient = useQueryClient();
  const lastActor = useRef(new Map<string, string>());
  const known = useRef(users);
  useEffect(() => {
    known.current = users;
  }, [users]);

  useEffect(
    () =>
      subscribe(listItemsTopic(listId), (event) => {
        const { entity_id, user_id } = event.data;
        if (event.event === 'ADDED' || event.event === 'DELETED') {
          // Its gift may have come into sight with it, or left it; and lists count their cards.
          void queryClient.invalidateQueries({ queryKey: ['gifts'] });
          void queryClient.invalidateQueries({ queryKey: ['lists'], refetchType: 'none' });
        }
        lastActor.current.set(entity_id, user_id);
        if (user_id === me.id) return;
        const text = describeChange(event, nameOf(known.current, user_id));
        if (text) toast(text, { key: 'remote' });
      }),
    [subscribe, queryClient, listId, me.id],
  );

  return useCallback(
    (itemId: string): string | null => {
      const actor = lastActor.current.get(itemId);
      return actor && actor !== me.id ? nameOf(known.current, actor) : null;
    },
    [me.id],
  );
}
