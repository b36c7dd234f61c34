import { X } from 'lucide-react';
import { Toast as Radix } from 'radix-ui';
import { useSyncExternalStore } from 'react';

import { cn } from '@/lib/cn';

/** How long a note stays. */
export const TOAST_MS = 4_500;

export interface ToastAction {
  label: string;
  run: () => void;
}

export interface ToastOptions {
  /** A note always takes the place of one with the same key. */
  key?: string;
  look?: 'plain' | 'error';
  action?: ToastAction;
  /** @default TOAST_MS */
  durationMs?: number;
}

interface ToastEntry extends ToastOptions {
  id: number;
  text: string;
}

let entries: readonly ToastEntry[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function change(next: readonly ToastEntry[]): void {
  entries = next;
  for (const listener of listeners) listener();
}

/**
 * Shows a short note in place of the one before; returns what takes it away again.
 * A note that offers something to do is not taken away by one that only tells:
 * the newest of those comes after it.
 */
export function toast(text: string, options: ToastOptions = {}): () => void {
  const entry: ToastEntry = { ...options, id: nextId++, text };
  const [first] = entries;
  const waits = first?.action && !entry.action && entry.look !== 'error' && entry.key !== first.key;
  change(waits ? [first, entry] : [entry]);
  return () => dismiss(entry.id);
}

/** An error for the person who caused it. */
export const toastError = (text: string): (() => void) => toast(text, { look: 'error' });

/** Removes every note: they were for a user who has logged out. */
export const clearToasts = (): void => change([]);

function dismiss(id: number): void {
  change(entries.filter((entry) => entry.id !== id));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function ToastCard({ entry }: { entry: ToastEntry }) {
  const { id, text, action, look, durationMs = TOAST_MS } = entry;
  return (
    <Radix.Root
      duration={durationMs}
      type={look === 'error' || action ? 'foreground' : 'background'}
      onOpenChange={(open) => !open && dismiss(id)}
      className={cn(
        // Works over a dialog too, which disables all that was there before it.
        'pointer-events-auto! flex min-h-12 w-full animate-rise items-center gap-2 rounded-md border py-1.5 pr-1.5 pl-4 shadow-float',
        look === 'error'
          ? 'border-danger/30 bg-danger-soft text-danger'
          : 'border-line bg-raised text-ink',
        'data-[swipe=move]:translate-x-(--radix-toast-swipe-move-x)',
      )}
    >
      <Radix.Description className="grow py-1 text-base break-words">{text}</Radix.Description>
      {action && (
        <Radix.Action
          altText={`${action.label} (Ctrl Z)`}
          onClick={action.run}
          className="h-9 shrink-0 rounded-sm px-3 font-semibold text-berry hover:bg-berry-soft pointer-coarse:h-11"
        >
          {action.label}
        </Radix.Action>
      )}
      <Radix.Close
        aria-label="Dismiss"
        className="grid size-9 shrink-0 place-items-center rounded-sm text-faint hover:bg-sunken pointer-coarse:size-11"
      >
        <X aria-hidden className="size-4" />
      </Radix.Close>
    </Radix.Root>
  );
}

/** Over a dialog, whose fields and buttons reach down to the bottom, notes are at the top. */
const VIEWPORT = cn(
  'pointer-events-none fixed inset-x-3 bottom-20 z-60 outline-none sm:right-5 sm:bottom-5 sm:left-auto sm:w-96',
  'with-dialog:inset-x-3 with-dialog:top-2 with-dialog:bottom-auto with-dialog:mx-auto',
);

/** Where notes appear, one at a time. Rendered once, at the root. */
export function Toaster() {
  const [shown] = useSyncExternalStore(subscribe, () => entries);
  return (
    <Radix.Provider swipeDirection="right" label="Note">
      {shown && <ToastCard key={shown.id} entry={shown} />}
      <Radix.Viewport className={VIEWPORT} />
    </Radix.Provider>
  );
}
