// An alias: all of this is in @tidings/react as well.

export { baseOf, newMutationId } from '@tidings/query';
export { dehydrateOptions, optimisticUpdate } from './optimisticUpdate';

export type { OptimisticUpdate } from '@tidings/query';
export type { OptimisticUpdateOptions, TaggedKey } from './optimisticUpdate';
