'use client';

// The public contract of @tidings/react/optimistic: changes that show before the server has them.

export { baseOf, newMutationId } from './layers';
export { optimisticUpdate } from './optimisticUpdate';

export type { OptimisticUpdate } from './layers';
export type { OptimisticUpdateOptions } from './optimisticUpdate';
