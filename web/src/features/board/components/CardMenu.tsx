import { ArrowDown, ArrowUp, Ellipsis, PanelRight } from 'lucide-react';

import {
  Menu,
  MenuContent,
  MenuItem,
  MenuLabel,
  MenuSeparator,
  MenuTrigger,
} from '@/components/ui/Menu';
import { cn } from '@/lib/cn';
import { COLUMNS, STATUSES } from '@/lib/status';

import type { CardProps } from './Card';
import { focusCard } from './Glide';

/** Everything dragging does, without dragging. */
export function CardMenu({ item, index, count, onOpen, onMoveTo, onStep }: CardProps) {
  return (
    <Menu>
      <MenuTrigger
        aria-label={`Move ${item.gift.name}`}
        className={cn(
          'absolute top-0.5 right-0.5 grid size-9 place-items-center rounded-sm text-faint pointer-coarse:size-11',
          'transition-opacity hover:bg-sunken hover:text-ink data-[state=open]:bg-sunken',
          'pointer-fine:opacity-0 pointer-fine:group-hover/card:opacity-100 pointer-fine:group-focus-within/card:opacity-100 pointer-fine:data-[state=open]:opacity-100',
        )}
      >
        <Ellipsis aria-hidden className="size-4.5" />
      </MenuTrigger>
      <MenuContent
        onCloseAutoFocus={(event) => {
          // The card may stand in another column now; the focus goes with it.
          event.preventDefault();
          focusCard(item.id);
        }}
      >
        <MenuLabel>Move to</MenuLabel>
        {STATUSES.map((to) => (
          <MenuItem
            key={to}
            aria-label={`Move to ${COLUMNS[to].label}`}
            disabled={to === item.status}
            onSelect={() => onMoveTo(item, to)}
          >
            <span aria-hidden className={cn('size-2.5 rounded-full', COLUMNS[to].dot)} />
            {COLUMNS[to].label}
          </MenuItem>
        ))}
        <MenuSeparator />
        <MenuItem disabled={index === 0} onSelect={() => onStep(item, -1)}>
          <ArrowUp aria-hidden className="size-4" /> Move up
        </MenuItem>
        <MenuItem disabled={index === count - 1} onSelect={() => onStep(item, 1)}>
          <ArrowDown aria-hidden className="size-4" /> Move down
        </MenuItem>
        <MenuSeparator />
        <MenuItem onSelect={() => onOpen(item.id)}>
          <PanelRight aria-hidden className="size-4" /> Open details
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}
