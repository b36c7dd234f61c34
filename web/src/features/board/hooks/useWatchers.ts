import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';

import { usersQuery } from '@/lib/api/queries';
import type { User } from '@/lib/api/types';
import { useMe } from '@/lib/context/AuthContext';
import { listItemsTopic } from '@/lib/keys';
import { usePresence } from '@/lib/websocket';

/** The other members on the board. */
export interface Watchers {
  known: readonly User[];
  /** How many more there are, whose names we have not read yet, or who are too many to be named. */
  more: number;
}

/** Makes the reader be there for a list's board, and tells who else is looking at it. */
export function useWatchers(listId: string, users: readonly User[]): Watchers {
  const { user: me } = useMe();
  const queryClient = useQueryClient();
  const { members, count } = usePresence(listItemsTopic(listId));

  const others = useMemo(() => members.filter((id) => id !== me.id), [members, me.id]);
  const known = useMemo(() => users.filter(({ id }) => others.includes(id)), [users, others]);

  // A new member is not among the users that were read.
  const strangers = others.filter((id) => !users.some((user) => user.id === id)).join();
  useEffect(() => {
    if (strangers) void queryClient.invalidateQueries(usersQuery());
  }, [strangers, queryClient]);

  const more = count > 0 ? count - 1 - known.length : 0;
  return useMemo(() => ({ known, more }), [known, more]);
}
