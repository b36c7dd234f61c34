import type { UserConfig } from 'tsdown';

export declare const INTERNAL_NAMES: Record<'client' | 'query' | 'react', readonly string[]>;

/** A plugin of the packages' bundler. */
export declare function shrink(
  name: keyof typeof INTERNAL_NAMES,
): Exclude<UserConfig['plugins'], undefined>;
