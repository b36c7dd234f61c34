import { DropdownMenu } from 'radix-ui';
import {
  createContext,
  use,
  useCallback,
  useState,
  type ComponentProps,
  type ReactNode,
} from 'react';

import { cn } from '@/lib/cn';

const OpenMenu = createContext<() => void>(() => {});

/** A button and what it offers. */
export function Menu({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <OpenMenu value={useCallback(() => setOpen(true), [])}>
      <DropdownMenu.Root open={open} onOpenChange={setOpen}>
        {children}
      </DropdownMenu.Root>
    </OpenMenu>
  );
}

/**
 * Opens the menu: a mouse as soon as its button is down, a finger only by a tap.
 * A finger that goes down on the button may be about to scroll.
 */
export function MenuTrigger({
  onClick,
  ...props
}: Omit<ComponentProps<typeof DropdownMenu.Trigger>, 'onPointerDown'>) {
  const openMenu = use(OpenMenu);
  return (
    <DropdownMenu.Trigger
      {...props}
      onPointerDown={(event) => {
        if (event.pointerType !== 'mouse') event.preventDefault();
      }}
      onClick={(event) => {
        onClick?.(event);
        openMenu();
      }}
    />
  );
}

export function MenuContent({ className, ...props }: ComponentProps<typeof DropdownMenu.Content>) {
  return (
    <DropdownMenu.Portal>
      <DropdownMenu.Content
        align="end"
        sideOffset={6}
        collisionPadding={12}
        {...props}
        className={cn(
          'z-50 min-w-48 animate-fade-in rounded-md border border-line bg-raised p-1.5 shadow-float',
          className,
        )}
      />
    </DropdownMenu.Portal>
  );
}

export function MenuItem({
  className,
  danger = false,
  ...props
}: ComponentProps<typeof DropdownMenu.Item> & { danger?: boolean }) {
  return (
    <DropdownMenu.Item
      {...props}
      className={cn(
        'flex h-9 cursor-pointer items-center gap-2.5 rounded-sm px-2.5 text-base outline-none select-none pointer-coarse:h-11',
        'data-disabled:cursor-default data-disabled:opacity-45',
        danger ? 'text-danger data-highlighted:bg-danger-soft' : 'data-highlighted:bg-sunken',
        className,
      )}
    />
  );
}

export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <DropdownMenu.Label className="px-2.5 pt-1.5 pb-1 text-xs font-medium text-faint">
    {children}
  </DropdownMenu.Label>
);

export const MenuSeparator = () => <DropdownMenu.Separator className="mx-2 my-1.5 h-px bg-line" />;
