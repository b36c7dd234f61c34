import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { Badge } from '@/components/ui/Badge';
import { GiftPicture } from '@/components/ui/GiftPicture';
import { Skeleton } from '@/components/ui/Skeleton';
import { listsQuery } from '@/lib/api/queries';
import { listItemsQuery } from '@/hooks/useListItems';
import type { List, ListItem } from '@/lib/api/types';
import { useMe } from '@/lib/context/AuthContext';
import { COLUMNS } from '@/lib/status';

/** Lists looked through for tasks, the newest first. */
const MAX_LISTS = 20;

interface Task {
  item: ListItem;
  list: List;
}

/** What the reader said they would get and has not yet, over all boards. */
function useTasks(): { tasks: Task[]; pending: boolean } {
  const { user } = useMe();
  const lists = useQuery(listsQuery());
  const boards = (lists.data ?? [])
    .filter(({ access }) => access === 'planner')
    .slice(0, MAX_LISTS);
  const items = useQueries({ queries: boards.map(({ id }) => listItemsQuery(id)) });
  const tasks = boards.flatMap((list, index) =>
    (items[index]?.data ?? [])
      .filter((item) => item.assignee_id === user.id)
      .filter(({ status }) => status === 'idea' || status === 'selected')
      .map((item) => ({ item, list })),
  );
  return { tasks, pending: lists.isPending || items.some(({ isPending }) => isPending) };
}

export function Tasks() {
  const { tasks, pending } = useTasks();
  if (pending && tasks.length === 0) return <Skeleton className="h-20 rounded-lg" />;
  if (tasks.length === 0) {
    return (
      <p className="rounded-lg border border-dashed border-line-strong/50 px-5 py-6 text-soft">
        Nothing is waiting for you. When you take on a gift on a board, it shows up here.
      </p>
    );
  }
  return (
    <ul className="overflow-hidden rounded-lg border border-line bg-surface shadow-card">
      {tasks.map(({ item, list }) => (
        <li
          key={item.id}
          className="relative flex items-center gap-3.5 border-line p-3 not-first:border-t hover:bg-sunken"
        >
          <GiftPicture gift={item.gift} className="size-11 shrink-0" />
          <div className="min-w-0 grow">
            <h3 className="truncate text-base font-medium tracking-normal">
              <Link
                to="/lists/$listId"
                params={{ listId: list.id }}
                className="after:absolute after:inset-0"
              >
                {item.gift.name}
              </Link>
            </h3>
            <p className="truncate text-sm text-soft">{list.name}</p>
          </div>
          <Badge tone={COLUMNS[item.status].tone}>{COLUMNS[item.status].label}</Badge>
        </li>
      ))}
    </ul>
  );
}
