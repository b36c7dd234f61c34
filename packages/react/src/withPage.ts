import { pagesOf } from './bridge/tags';

interface Pages {
  pageParams: readonly unknown[];
}

/**
 * What one more page makes of the server's data. TanStack Query puts it beside the pages that were
 * shown when its fetch began; of those, the server's own are taken.
 */
export function withPage(base: unknown, landed: unknown, isForward: boolean): unknown {
  const old = pagesOf(base);
  const now = pagesOf(landed);
  if (!old || !now) return landed;
  const edge = isForward ? -1 : 0;
  const isNew = (base as Pages).pageParams.at(edge) !== (landed as Pages).pageParams.at(edge);
  const page = isNew ? [now.at(edge)] : [];
  const { length } = now;
  const pages = isForward ? [...old, ...page].slice(-length) : [...page, ...old].slice(0, length);
  return pages.every((each, i) => each === now[i]) ? landed : { ...(landed as Pages), pages };
}
