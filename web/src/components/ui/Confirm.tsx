import { AlertDialog } from 'radix-ui';

import { Button } from './Button';
import { ReturnFocus } from './Dialog';

export interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  body: string;
  /** The button that does it, for example "Delete list". */
  action: string;
  busy?: boolean;
  onConfirm: () => void;
}

/** Asks before something that cannot be undone. */
export function Confirm({
  open,
  onOpenChange,
  title,
  body,
  action,
  busy,
  onConfirm,
}: ConfirmProps) {
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-50 animate-fade-in bg-scrim" />
        <AlertDialog.Content className="fixed inset-x-4 bottom-4 z-50 animate-rise rounded-xl bg-surface p-6 shadow-float outline-none sm:inset-x-auto sm:top-1/2 sm:bottom-auto sm:left-1/2 sm:w-104 sm:-translate-1/2 sm:animate-fade-in">
          <ReturnFocus />
          <AlertDialog.Title className="text-lg">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-1.5 text-soft">{body}</AlertDialog.Description>
          <div className="mt-6 flex justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button look="quiet">Keep it</Button>
            </AlertDialog.Cancel>
            <Button
              busy={busy ?? false}
              onClick={onConfirm}
              className="bg-danger text-surface hover:bg-danger hover:brightness-110"
            >
              {action}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
