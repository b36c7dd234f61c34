import { Draggable, type DraggableStyle } from '@hello-pangea/dnd';
import { StickyNote } from 'lucide-react';
import { memo, type KeyboardEvent, type MouseEvent } from 'react';

import { Avatar } from '@/components/ui/Avatar';
import { GiftPicture } from '@/components/ui/GiftPicture';
import type { List, ListItem, Person, Status, User } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { formatMoney } from '@/lib/money';
import { priceOf } from '@/lib/price';
import { forWhom, kindOf, peopleOf } from '@/lib/recipients';
import { COLUMNS } from '@/lib/status';

import { CardMenu } from './CardMenu';
import { KindBadge } from './KindBadge';

/** The member who drags a card. */
export type Holder = Pick<User, 'name' | 'color'>;

export interface CardProps {
  list: List;
  item: ListItem;
  people: readonly Person[];
  index: number;
  /** How many cards its column holds. */
  count: number;
  assignee: User | undefined;
  /** Another member who drags it right now. */
  holder: Holder | undefined;
  onOpen: (itemId: string) => void;
  onMoveTo: (item: ListItem, status: Status) => void;
  /** One up (-1) or down (1) in its column. */
  onStep: (item: ListItem, step: -1 | 1) => void;
}

/** The card of one item: a handle to drag and open, and beside it a menu. */
export const Card = memo(function Card(props: CardProps) {
  const { item, index, assignee, holder, onOpen } = props;
  return (
    <Draggable draggableId={item.id} index={index}>
      {({ innerRef, draggableProps, dragHandleProps }, { isDragging, isDropAnimating }) => (
        <li
          ref={innerRef}
          {...draggableProps}
          style={dropFast(draggableProps.style, isDropAnimating)}
          data-testid={`card-${item.id}`}
          data-item-id={item.id}
          className="group/card relative mb-2"
        >
          <div
            {...dragHandleProps}
            role="button"
            tabIndex={0}
            aria-label={cardLabel(props)}
            aria-roledescription="gift card"
            onClick={(event: MouseEvent) => !event.defaultPrevented && onOpen(item.id)}
            onKeyDown={(event: KeyboardEvent) => {
              if (event.key === 'Enter' && !event.defaultPrevented) onOpen(item.id);
            }}
            className={cn(
              'flex touch-manipulation gap-3 rounded-md border border-line bg-surface p-2.5 select-none',
              'shadow-card transition-[box-shadow,border-color,rotate] duration-200',
              'hover:border-line-strong/70 hover:shadow-lift',
              isDragging && 'cursor-grabbing border-ring shadow-float',
              isDragging && !isDropAnimating && 'rotate-[1.2deg]',
              holder && !isDragging && 'border-dashed border-ring bg-sunken',
            )}
          >
            <GiftPicture gift={item.gift} className="size-14 shrink-0" />
            <div className="flex min-w-0 grow flex-col">
              <span className="line-clamp-2 pr-8 leading-snug font-medium break-words">
                {item.gift.name}
              </span>
              <CardPurpose {...props} />
              <CardFacts item={item} assignee={assignee} />
            </div>
          </div>
          {holder && <HolderTag {...holder} />}
          <CardMenu {...props} />
        </li>
      )}
    </Draggable>
  );
});

/** How long a dropped card takes to its place, in seconds. The move is sent when it is there. */
const DROP_SECONDS = 0.12;

function dropFast(style: DraggableStyle | undefined, isDropAnimating: boolean) {
  return isDropAnimating ? { ...style, transitionDuration: `${DROP_SECONDS}s` } : style;
}

/** People whose faces are drawn at most; their names follow. */
const MAX_FACES = 3;

/** Whom a card is for, among several; on a list about one person, what it is to them. */
function CardPurpose({ list, item, people }: Pick<CardProps, 'list' | 'item' | 'people'>) {
  const kind = kindOf(item, list);
  if (kind) return <KindBadge kind={kind} className="mt-1 self-start" />;
  const recipients = recipientsOn(list, item, people);
  if (recipients.length === 0) return null;
  return (
    <span className="flex min-w-0 items-center gap-1.5 pt-1 text-sm text-soft">
      <span className="flex shrink-0 -space-x-1">
        {recipients.slice(0, MAX_FACES).map(({ id, name, color, photo_url }) => (
          <span key={id} className="flex rounded-full ring-2 ring-surface">
            <Avatar name={name} color={color} photo={photo_url} size="xxs" />
          </span>
        ))}
      </span>
      <span className="line-clamp-2 leading-snug">{forWhom(recipients)}</span>
    </span>
  );
}

/** Whom the card names: where the whole list is about one person, the card need not. */
const recipientsOn = (list: List, item: ListItem, people: readonly Person[]): Person[] =>
  list.person_id === null ? peopleOf(item.recipient_ids, people) : [];

function CardFacts({ item, assignee }: { item: ListItem; assignee: User | undefined }) {
  const price = priceOf(item);
  if (!price && item.quantity === 1 && !item.notes && !assignee) return null;
  return (
    <span className="mt-auto flex min-h-6 items-center gap-2 pt-1 text-sm text-soft">
      {price && <span className="tabular-nums">{formatMoney(price)}</span>}
      {item.quantity > 1 && <span>× {item.quantity}</span>}
      {item.notes && <StickyNote aria-label="Has notes" className="size-3.5 text-faint" />}
      {assignee && (
        <Avatar
          name={assignee.name}
          color={assignee.color}
          size="xs"
          label={`Assigned to ${assignee.name}`}
          className="ml-auto"
        />
      )}
    </span>
  );
}

/** Says on a card in whose hand it is; cards are narrow, so by the first name. */
const HolderTag = ({ name, color }: Holder) => (
  <span
    data-testid="holder"
    className="pointer-events-none absolute -top-2 left-3 z-10 flex h-6 max-w-[calc(100%-1.5rem)] animate-rise items-center gap-1.5 rounded-full bg-ink pr-2.5 pl-0.5 text-xs font-medium text-bg shadow-lift"
  >
    <Avatar name={name} color={color} size="xxs" />
    <span className="truncate">{`${name.split(' ')[0]} is moving this`}</span>
  </span>
);

/** "Lego, Purchased, 2 of 5, for Mia, €49, assigned to Ann". */
function cardLabel({ list, item, people, index, count, assignee, holder }: CardProps) {
  const price = priceOf(item);
  return [
    item.gift.name,
    COLUMNS[item.status].label,
    `${index + 1} of ${count}`,
    kindOf(item, list),
    forWhom(recipientsOn(list, item, people)),
    price && formatMoney(price),
    assignee && `assigned to ${assignee.name}`,
    holder && `${holder.name} is moving it`,
  ]
    .filter(Boolean)
    .join(', ');
}
