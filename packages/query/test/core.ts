import {
  dehydrate,
  isCancelledError,
  matchQuery,
  notifyManager,
  onlineManager,
  replaceEqualDeep,
} from '@tanstack/query-core';

import type { LayersCore, PollerCore } from '../src/index';

/** TanStack Query, as a binding passes it in. */
export const core: LayersCore & PollerCore = {
  dehydrate,
  isCancelledError,
  matchQuery,
  notifyManager,
  onlineManager,
  replaceEqualDeep,
};
