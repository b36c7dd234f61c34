import type { Occasion } from '@/lib/api/types';

export interface Agenda {
  /** The next first. */
  coming: Occasion[];
  /** The latest first. */
  over: Occasion[];
}

/** Occasions in the order a family looks at them. */
export function byNext(occasions: readonly Occasion[]): Agenda {
  const next = ({ next_occurrence }: Occasion) => next_occurrence ?? '';
  return {
    coming: occasions
      .filter(({ next_occurrence }) => next_occurrence !== null)
      .sort((a, b) => next(a).localeCompare(next(b)) || a.name.localeCompare(b.name)),
    over: occasions
      .filter(({ next_occurrence }) => next_occurrence === null)
      .sort((a, b) => b.date.localeCompare(a.date)),
  };
}
