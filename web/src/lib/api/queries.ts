import { queryOptions } from '@tanstack/react-query';

import { apiClient, getAll } from '@/lib/api/client';
import type { List, Occasion, Person, User } from '@/lib/api/types';

/** What several features read. Each feature keeps its own writes in its `api/`. */

export const usersQuery = () =>
  queryOptions({
    queryKey: ['users'],
    queryFn: ({ signal }) => apiClient.get<User[]>('/users', { signal }),
  });

export const peopleQuery = () =>
  queryOptions({
    queryKey: ['persons'],
    queryFn: ({ signal }) => getAll<Person>('/persons', { signal }),
  });

export const occasionsQuery = () =>
  queryOptions({
    queryKey: ['occasions'],
    queryFn: ({ signal }) => getAll<Occasion>('/occasions', { signal }),
  });

export const listsQuery = () =>
  queryOptions({
    queryKey: ['lists'],
    queryFn: ({ signal }) => getAll<List>('/lists', { signal }),
  });

export const listQuery = (listId: string) =>
  queryOptions({
    queryKey: ['lists', listId],
    queryFn: ({ signal }) => apiClient.get<List>(`/lists/${listId}`, { signal }),
  });
