/** Chance that repeats itself: the same seed, the same course. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A whole number from 0 up to, not including, a limit. */
  below(limit: number): number {
    // The mulberry32 generator.
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  /** One of several. */
  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new Error('nothing to pick from');
    return from[this.below(from.length)] as T;
  }

  /** The same in another order. */
  shuffle<T>(all: readonly T[]): T[] {
    const rest = [...all];
    return all.map(() => rest.splice(this.below(rest.length), 1)[0] as T);
  }
}
