import { moveTags, positionsOf, type Position, type TopicPosition } from '@tidings/client';

import type { QueryCore } from './contracts';

interface Pages {
  pages: readonly unknown[];
  pageParams: readonly unknown[];
}

/** The pages of an infinite query; a response may well have a member of that name, too. */
export const pagesOf = (data: unknown): readonly unknown[] | undefined =>
  Array.isArray((data as Pages | undefined)?.pageParams) ? (data as Pages).pages : undefined;

/** TanStack Query's structural sharing, keeping the positions that data was tagged with. */
export const shareTagged =
  ({ replaceEqualDeep }: QueryCore) =>
  (previous: unknown, next: unknown): unknown => {
    const shared = replaceEqualDeep(previous, next);
    moveTags(next, shared);
    const pages = pagesOf(shared);
    pagesOf(next)?.forEach((page, i) => moveTags(page, pages?.[i]));
    return shared;
  };

/** The lowest of some places in a topic; undefined if one is missing, or of another epoch. */
export const lowest = <Place extends Position>(
  places: readonly (Place | undefined)[],
): Place | undefined =>
  places.reduce(
    (low, next) =>
      low && next?.epoch === low.epoch ? (next.seq < low.seq ? next : low) : undefined,
    places[0],
  );

/** The positions that a query's data is at; an infinite query is where its oldest page is. */
export function positionsAt(data: unknown): readonly TopicPosition[] {
  const pages = pagesOf(data)?.map(positionsOf);
  if (!pages) return positionsOf(data);
  const inAll = (topic: string) =>
    lowest(pages.map((page) => page.find((at) => at.topic === topic)));
  return pages[0]?.flatMap(({ topic }) => inAll(topic) ?? []) ?? [];
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
