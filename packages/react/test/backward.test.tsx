// Pages before the first one, and a limit to their number, while an optimistic change is shown.

import { useInfiniteQuery, type InfiniteData } from '@tanstack/react-query';
import { act } from '@testing-library/react';
import { expect, test, vi } from 'vitest';

import { useRealtimeSync } from '../src/index';
import { optimisticUpdate } from '../src/optimistic';
import { fakeTime, mount, pass, setUp, sleep, TOPIC } from './harness';

fakeTime();

const PAGES = ['list-items', '1', 'pages'];
const FIRST = -2;
const LAST = 2;
const AT_REST_MS = 300;
const LONG_MS = 5000;

type Page = string[];

const page = (number: number): Page => [`row ${number}`];

/** Marks every page, so that it would be seen if one were kept, lost or marked twice. */
const mark = (old: InfiniteData<Page>) => ({
  ...old,
  pages: old.pages.map((rows) => [...rows, 'mark']),
});

/** The middle page of five, loaded or not; more on either side. */
async function middlePage({ maxPages = Infinity, enabled = true, synced = true }) {
  const world = setUp();
  const { queryClient } = world;
  let move = { next: () => {}, previous: () => {} };
  function Pages() {
    const { fetchNextPage, fetchPreviousPage } = useInfiniteQuery({
      queryKey: PAGES,
      queryFn: ({ pageParam }) => sleep(20).then(() => page(pageParam)),
      initialPageParam: 0,
      getNextPageParam: (_page, _all, last) => (last < LAST ? last + 1 : undefined),
      getPreviousPageParam: (_page, _all, first) => (first > FIRST ? first - 1 : undefined),
      maxPages,
      enabled,
    });
    move = { next: () => void fetchNextPage(), previous: () => void fetchPreviousPage() };
    useRealtimeSync({ topic: TOPIC, queryKey: PAGES, enabled: synced });
    return null;
  }
  mount(world, <Pages />);
  await pass(AT_REST_MS);
  const go = async (...where: (keyof typeof move)[]) => {
    for (const each of where) {
      act(() => move[each]());
      await pass(AT_REST_MS);
    }
  };
  const change = () => optimisticUpdate(queryClient, PAGES, mark);
  const pages = () => queryClient.getQueryData<InfiniteData<Page>>(PAGES)?.pages;
  return { ...world, go, change, pages };
}

const marked = (...numbers: number[]) => numbers.map((number) => [...page(number), 'mark']);
const bare = (...numbers: number[]) => numbers.map(page);

test('a page before the first comes under the change, and stays when that is rolled back', async () => {
  const { go, change, pages } = await middlePage({});
  const rollback = await change();
  await go('previous');
  expect(pages()).toEqual(marked(-1, 0));
  act(() => rollback());
  await pass(1);
  expect(pages()).toEqual(bare(-1, 0));
});

test('pages on both sides, one after the other', async () => {
  const { go, change, pages } = await middlePage({});
  const rollback = await change();
  await go('previous', 'next', 'previous', 'next');
  expect(pages()).toEqual(marked(-2, -1, 0, 1, 2));
  act(() => rollback());
  await pass(1);
  expect(pages()).toEqual(bare(-2, -1, 0, 1, 2));
});

test('where there are no more pages, none is made up', async () => {
  const { go, change, pages } = await middlePage({});
  await go('previous', 'previous', 'next', 'next');
  const rollback = await change();
  await go('previous', 'next');
  expect(pages()).toEqual(marked(-2, -1, 0, 1, 2));
  act(() => rollback());
  await pass(1);
  expect(pages()).toEqual(bare(-2, -1, 0, 1, 2));
});

test.each([
  ['next', [1, 2]],
  ['previous', [-2, -1]],
] as const)('of no more than two pages, those furthest %s are kept', async (where, numbers) => {
  const { go, change, pages } = await middlePage({ maxPages: 2 });
  const rollback = await change();
  await go(where, where);
  expect(pages()).toEqual(marked(...numbers));
  act(() => rollback());
  await pass(1);
  expect(pages()).toEqual(bare(...numbers));
});

test('a first page that is asked for as the next one is the first: there is nothing to add it to', async () => {
  const complain = vi.spyOn(console, 'error');
  const { go, change, pages } = await middlePage({ enabled: false });
  const rollback = await change();
  await go('next');
  expect(pages()).toEqual(marked(0));
  act(() => rollback());
  await pass(LONG_MS);
  expect(pages()).toEqual(bare(0));
  expect(complain).not.toHaveBeenCalled();
});

test('a page that comes after the app wrote over the change: that is not applied a second time', async () => {
  const { go, change, pages, queryClient } = await middlePage({ synced: false });
  const rollback = await change();
  queryClient.setQueryData<InfiniteData<Page>>(
    PAGES,
    (old) => old && { ...old, pages: old.pages.map((rows) => [...rows, 'written']) },
  );
  const written = [...page(0), 'mark', 'written'];
  expect(pages()).toEqual([written]);
  await go('next');
  expect(pages()).toEqual([written, page(1)]);
  act(() => rollback());
  await pass(LONG_MS);
  expect(pages()).toEqual(bare(0, 1));
});

test('all pages fetched anew are the newest', async () => {
  const { go, change, pages, queryClient } = await middlePage({ maxPages: 3 });
  await go('next');
  const rollback = await change();
  const query = queryClient.getQueryCache().find<InfiniteData<Page>>({ queryKey: PAGES })!;
  await query.fetch({
    ...query.options,
    queryFn: ({ pageParam }: { pageParam?: unknown }) => [`new row ${String(pageParam)}`],
  } as never);
  expect(pages()).toEqual([0, 1].map((number) => [`new row ${number}`, 'mark']));
  act(() => rollback());
  expect(pages()).toEqual([0, 1].map((number) => [`new row ${number}`]));
});

test('where no change was ever made, pages come as they are', async () => {
  const { go, pages, queryClient } = await middlePage({});
  await go('next', 'previous');
  expect(pages()).toEqual(bare(-1, 0, 1));
  expect(queryClient.getQueryState(PAGES)?.errorUpdateCount).toBe(0);
});
