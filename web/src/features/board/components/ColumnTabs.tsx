import type { Status } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { COLUMNS, STATUSES } from '@/lib/status';

import type { Columns } from '../lib/order';

export interface ColumnTabsProps {
  columns: Columns;
  /** The column that fills the screen. */
  current: Status;
  onSelect: (status: Status) => void;
}

/** On a phone: which column one sees, how full the others are, and the way there. */
export function ColumnTabs({ columns, current, onSelect }: ColumnTabsProps) {
  return (
    <nav
      aria-label="Columns"
      className="sticky top-14 z-20 -mx-4 grid grid-cols-4 border-b border-line bg-bg/95 px-2 backdrop-blur-md md:hidden"
    >
      {STATUSES.map((status) => (
        <button
          key={status}
          type="button"
          aria-current={status === current}
          onClick={() => onSelect(status)}
          className={cn(
            'relative flex h-12 flex-col items-center justify-center text-xs font-medium transition-colors',
            status === current ? 'text-ink' : 'text-faint',
          )}
        >
          <span className="flex items-center gap-1.5">
            <span aria-hidden className={cn('size-2 rounded-full', COLUMNS[status].dot)} />
            {COLUMNS[status].label}
          </span>
          <span className="tabular-nums">{columns[status].length}</span>
          <span
            aria-hidden
            className={cn(
              'absolute inset-x-2 -bottom-px h-0.5 rounded-full transition-opacity',
              COLUMNS[status].dot,
              status === current ? 'opacity-100' : 'opacity-0',
            )}
          />
        </button>
      ))}
    </nav>
  );
}
