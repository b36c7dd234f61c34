import { replaceEqualDeep } from '@tanstack/react-query';
import { positionsOf, tagPosition, type TopicPosition } from '@tidings/client';

const pagesOf = (data: unknown): readonly unknown[] | undefined => {
  const pages = (data as { pages?: unknown } | null | undefined)?.pages;
  return Array.isArray(pages) ? (pages as unknown[]) : undefined;
};

/** Hands the tags of what was fetched to the object that structural sharing made of it. */
function move(from: unknown, to: unknown): void {
  tagPosition(to, positionsOf(from));
  const pages = pagesOf(to);
  pagesOf(from)?.forEach((page, i) => tagPosition(pages?.[i], positionsOf(page)));
}

/** TanStack Query's structural sharing, keeping the positions that data was tagged with. */
export function shareTagged(previous: unknown, next: unknown): unknown {
  const shared: unknown = replaceEqualDeep(previous, next);
  move(next, shared);
  return shared;
}

/** The positions that a query's data is at; an infinite query is where its oldest page is. */
export function positionsAt(data: unknown): readonly TopicPosition[] {
  const pages = pagesOf(data);
  if (!pages) return positionsOf(data);
  const [first = [], ...rest] = pages.map(positionsOf);
  return rest.reduce(
    (lowest, page) =>
      lowest.flatMap((a) =>
        page
          .filter((b) => b.topic === a.topic && b.epoch === a.epoch)
          .map((b) => (b.seq < a.seq ? b : a)),
      ),
    first,
  );
}
