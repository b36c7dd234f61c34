import { Droppable } from '@hello-pangea/dnd';

import { Badge } from '@/components/ui/Badge';
import type { List, ListItem, Person, Status, User } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { COLUMNS } from '@/lib/status';

import type { HeldCards } from '../hooks/useHeldCards';
import { Card, type CardProps, type Holder } from './Card';

export interface ColumnProps extends Pick<CardProps, 'onOpen' | 'onMoveTo' | 'onStep'> {
  list: List;
  status: Status;
  items: readonly ListItem[];
  people: readonly Person[];
  users: readonly User[];
  /** The cards that others are dragging. */
  held: HeldCards;
}

const SOMEBODY: Holder = { name: 'Somebody', color: '' };

/** One column of the board; the whole of it takes cards. */
export function Column({ list, status, items, people, users, held, ...on }: ColumnProps) {
  const { label, dot, empty, tone } = COLUMNS[status];
  return (
    <section
      aria-label={label}
      data-testid={`column-${status}`}
      data-status={status}
      className="flex min-h-64 min-w-0 snap-center flex-col rounded-lg bg-sunken dark:ring-1 dark:ring-line"
    >
      <h2 className="hidden items-center gap-2 px-3 pt-3 pb-1 tracking-normal md:flex">
        <Badge tone={tone}>
          <span aria-hidden className={cn('mr-0.5 size-2 rounded-full', dot)} />
          {label}
        </Badge>
        <span className="text-sm font-medium text-faint tabular-nums">{items.length}</span>
      </h2>
      {/* On a phone only a sliver of the next column shows; its true middle decides all the same. */}
      <Droppable droppableId={status} ignoreContainerClipping>
        {({ innerRef, droppableProps, placeholder }, { isDraggingOver }) => (
          <ul
            ref={innerRef}
            {...droppableProps}
            className={cn(
              // Reaches halfway to the next column: a card is always over one of them.
              'relative -left-1.5 flex w-[calc(100%+0.75rem)] grow flex-col px-3.5 py-2 lg:-left-2 lg:w-[calc(100%+1rem)] lg:px-4',
              'before:absolute before:inset-x-1.5 before:inset-y-0 before:rounded-lg before:transition-colors before:duration-200 lg:before:inset-x-2',
              isDraggingOver && 'before:bg-line/70',
            )}
          >
            {items.map((item, index) => (
              <Card
                key={item.id}
                {...{ list, item, people }}
                index={index}
                count={items.length}
                assignee={users.find(({ id }) => id === item.assignee_id)}
                holder={holderOf(held.get(item.id), users)}
                {...on}
              />
            ))}
            {placeholder}
            {items.length === 0 && !isDraggingOver && (
              <li className="absolute inset-x-4 top-6 text-center text-sm text-pretty text-faint">
                {empty}
              </li>
            )}
          </ul>
        )}
      </Droppable>
    </section>
  );
}

/** Whose hand a card is in: their name, though they may have left the family. */
function holderOf(userId: string | undefined, users: readonly User[]): Holder | undefined {
  return userId === undefined ? undefined : (users.find(({ id }) => id === userId) ?? SOMEBODY);
}
