import { useQuery } from '@tanstack/react-query';

import { occasionsQuery, peopleQuery } from '@/lib/api/queries';
import type { List } from '@/lib/api/types';

import { ListCard } from './ListCard';

export function ListGrid({ lists }: { lists: List[] }) {
  const people = useQuery(peopleQuery()).data ?? [];
  const occasions = useQuery(occasionsQuery()).data ?? [];
  return (
    <ul className="grid gap-4 *:min-w-0 sm:grid-cols-2 lg:grid-cols-3">
      {lists.map((list) => (
        <li key={list.id} className="grid">
          <ListCard
            list={list}
            person={people.find(({ id }) => id === list.person_id)}
            occasion={occasions.find(({ id }) => id === list.occasion_id)}
          />
        </li>
      ))}
    </ul>
  );
}
