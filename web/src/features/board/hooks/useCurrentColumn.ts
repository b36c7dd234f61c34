import { useCallback, useRef, useState, type UIEvent } from 'react';

import type { Status } from '@/lib/api/types';
import { STATUSES } from '@/lib/status';

/** Which column of a horizontally scrolling board is in the middle, and how to go to another. */
export function useCurrentColumn() {
  const scroller = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState<Status>('idea');

  const onScroll = useCallback(({ currentTarget: board }: UIEvent<HTMLDivElement>) => {
    const middle = board.scrollLeft + board.clientWidth / 2;
    const index = Math.floor((middle / board.scrollWidth) * STATUSES.length);
    setCurrent(STATUSES[Math.min(Math.max(index, 0), STATUSES.length - 1)] ?? 'idea');
  }, []);

  const goTo = useCallback((status: Status) => {
    const column = scroller.current?.querySelector(`[data-status=${status}]`);
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    column?.scrollIntoView({
      inline: 'center',
      block: 'nearest',
      behavior: calm ? 'auto' : 'smooth',
    });
  }, []);

  return { scroller, current, onScroll, goTo };
}
