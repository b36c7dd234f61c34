import type { Plugin } from 'rolldown';

export declare const INTERNAL_NAMES: readonly string[];

/** A plugin of the packages' bundler. */
export declare function shrink(): Plugin;
