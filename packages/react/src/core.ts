import { isCancelledError, matchQuery, replaceEqualDeep } from '@tanstack/react-query';
import type { QueryCore } from '@tidings/query';

/** TanStack Query, from the copy that the app's own hooks are of. */
export const core: QueryCore = { isCancelledError, matchQuery, replaceEqualDeep };
