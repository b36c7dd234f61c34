import type { Tone } from '@/components/ui/Badge';
import type { Status } from '@/lib/api/types';

/** The columns of the board from left to right. */
export const STATUSES = ['idea', 'selected', 'purchased', 'received'] as const satisfies Status[];

interface Column {
  label: string;
  tone: Tone;
  /** The dot that stands for the column. */
  dot: string;
  /** Shown while the column is empty. */
  empty: string;
}

export const COLUMNS: Record<Status, Column> = {
  idea: { label: 'Idea', tone: 'honey', dot: 'bg-honey-dot', empty: 'What might they like?' },
  selected: {
    label: 'Selected',
    tone: 'iris',
    dot: 'bg-iris-dot',
    empty: 'Drop here what you settle on.',
  },
  purchased: {
    label: 'Purchased',
    tone: 'berry',
    dot: 'bg-berry-dot',
    empty: 'Bought, waiting to be given.',
  },
  received: { label: 'Received', tone: 'pine', dot: 'bg-pine-dot', empty: 'Unwrapped and loved.' },
};
