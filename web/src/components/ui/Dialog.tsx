import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

import { useReturnFocus } from '@/hooks/useReturnFocus';
import { cn } from '@/lib/cn';

import { Button } from './Button';

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** One line under the title. */
  description?: string;
  /** `modal` stands in the middle, `side` at the right; on a phone both are bottom sheets. */
  shape?: 'modal' | 'side';
  children: ReactNode;
}

const SHAPES = {
  modal:
    'sm:inset-auto sm:top-1/2 sm:left-1/2 sm:w-[min(34rem,calc(100vw-3rem))] sm:max-h-[86dvh] sm:-translate-1/2 sm:rounded-xl sm:animate-fade-in',
  side: 'sm:inset-y-3 sm:right-3 sm:left-auto sm:max-h-none sm:w-[27rem] sm:rounded-xl sm:animate-sheet-in',
} as const;

/** The dialog itself takes the focus, unless one of its fields has it already. */
function focusItself(event: Event): void {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}

export function Dialog(props: DialogProps) {
  const { open, onOpenChange, title, description, shape = 'modal', children } = props;
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade-in bg-scrim" />
        <Radix.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          onOpenAutoFocus={focusItself}
          className={cn(
            'fixed inset-x-0 bottom-0 z-50 flex max-h-[92dvh] animate-sheet-up flex-col overflow-hidden rounded-t-xl bg-surface shadow-float outline-none',
            SHAPES[shape],
          )}
        >
          <ReturnFocus />
          <div
            aria-hidden
            className="mx-auto mt-2 h-1 w-9 rounded-full bg-line-strong/50 sm:hidden"
          />
          <header className="flex items-start gap-3 px-5 pt-3 pb-3 sm:px-6 sm:pt-5">
            <div className="min-w-0 grow">
              <Radix.Title className="text-xl break-words">{title}</Radix.Title>
              {description && (
                <Radix.Description className="mt-0.5 text-sm text-soft">
                  {description}
                </Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <Button
                look="quiet"
                size="icon"
                aria-label="Close"
                className="-my-1 -mr-2 pointer-coarse:-my-2"
              >
                <X aria-hidden className="size-5" />
              </Button>
            </Radix.Close>
          </header>
          <div className="safe-bottom flex grow flex-col overflow-y-auto overscroll-contain px-5 has-data-actions:pb-0! sm:px-6 sm:pb-6">
            {children}
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Lives as long as the dialog is open, which the dialog's own component may outlive. */
export function ReturnFocus() {
  useReturnFocus();
  return null;
}

/**
 * The row of buttons that ends a form in a dialog. It stays in sight at the bottom,
 * where the scrolled part has no padding of its own that would show below it.
 */
export function DialogActions({ children }: { children: ReactNode }) {
  return (
    <div
      data-actions
      className="safe-bottom sticky bottom-0 -mx-5 mt-auto flex flex-wrap items-center justify-end gap-2 border-t border-line bg-surface px-5 pt-3 sm:-mx-6 sm:px-6 sm:pb-4"
    >
      {children}
    </div>
  );
}
