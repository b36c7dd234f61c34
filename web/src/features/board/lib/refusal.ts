import { errorMessage, isApiError } from '@/lib/api/problem';
import type { ListItem, Status } from '@/lib/api/types';
import { COLUMNS } from '@/lib/status';

export interface RefusedMove {
  /** The gift's name. */
  name: string;
  /** The column that the card came from. */
  home: Status;
  /** Who touched the card last, if that is known and was not the reader. */
  other: string | null;
  error: unknown;
}

/** Tells which card was not moved after all, where it is now, and why. */
export function describeRefusal({ name, home, other, error }: RefusedMove): string {
  const card = `“${name}”`;
  // Removed by somebody, or kept from the reader now: nothing says which.
  if (isApiError(error, 'not_found')) return `${card} is no longer on this list.`;
  if (isApiError(error, 'conflict')) {
    const { status = home } = (error.current ?? {}) as Partial<ListItem>;
    const where = `${status === home ? 'back' : 'now'} in ${COLUMNS[status].label}`;
    return `${card} is ${where}: ${other ?? 'somebody'} changed it meanwhile.`;
  }
  return `${card} is back in ${COLUMNS[home].label}. ${errorMessage(error)}`;
}
