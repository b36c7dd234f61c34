// Pages of an infinite query that are fetched while an optimistic change is shown on it.

import { useInfiniteQuery, type InfiniteData } from '@tanstack/react-query';
import { act } from '@testing-library/react';
import { expect, test } from 'vitest';

import { useRealtimeSync } from '../src/index';
import { optimisticUpdate } from '../src/optimistic';
import { fakeTime, mount, pass, setUp, sleep, TOPIC, type Item } from './harness';

fakeTime();

const PAGES = ['list-items', '1', 'pages'];
const PAGE_MS = 20;
const SERVER: Item[][] = [[{ id: 'a', v: 0 }], [{ id: 'b', v: 0 }], [{ id: 'c', v: 0 }]];
const CHANGED: Item[] = [
  { id: 'a', v: 0 },
  { id: 'new', v: 1 },
];

const addToFirst = (old: InfiniteData<Item[]>) => ({
  ...old,
  pages: old.pages.map((page, i) => (i ? page : [...page, { id: 'new', v: 1 }])),
});

async function pagesAtRest({ synced }: { synced: boolean }) {
  const world = setUp();
  const { queryClient } = world;
  let next = () => {};
  function Pages() {
    const { fetchNextPage } = useInfiniteQuery({
      queryKey: PAGES,
      queryFn: ({ pageParam }) => sleep(PAGE_MS).then(() => SERVER[pageParam]!),
      initialPageParam: 0,
      getNextPageParam: (_last, all) => (all.length < SERVER.length ? all.length : undefined),
    });
    next = () => void fetchNextPage();
    useRealtimeSync({ topic: TOPIC, queryKey: PAGES, enabled: synced });
    return null;
  }
  mount(world, <Pages />);
  await pass(300);
  return {
    next: () => act(() => next()),
    change: () => optimisticUpdate(queryClient, PAGES, addToFirst),
    pages: () => queryClient.getQueryData<InfiniteData<Item[]>>(PAGES)?.pages,
    rewrite: () =>
      queryClient.setQueryData<InfiniteData<Item[]>>(PAGES, (old) => old && { ...old }),
  };
}

for (const synced of [true, false]) {
  const kind = synced ? 'synced' : 'not synced';

  test(`a page that comes on top of a change does not keep it when it is rolled back (${kind})`, async () => {
    const { next, change, pages } = await pagesAtRest({ synced });
    const rollback = await change();
    next();
    await pass(300);
    expect(pages()).toEqual([CHANGED, SERVER[1]]);
    act(() => rollback());
    await pass(5000);
    expect(pages()).toEqual(SERVER.slice(0, 2));
  });

  test(`nor when it is rolled back while the page is under way (${kind})`, async () => {
    const { next, change, pages } = await pagesAtRest({ synced });
    const rollback = await change();
    next();
    await pass(PAGE_MS / 2);
    act(() => rollback());
    await pass(5000);
    expect(pages()).toEqual(SERVER.slice(0, 2));
  });

  test(`nor after two pages and two changes (${kind})`, async () => {
    const { next, change, pages } = await pagesAtRest({ synced });
    const first = await change();
    next();
    await pass(300);
    const second = await change();
    next();
    await pass(300);
    act(() => first());
    await pass(300);
    expect(pages()).toEqual([CHANGED, SERVER[1], SERVER[2]]);
    act(() => second());
    await pass(5000);
    expect(pages()).toEqual(SERVER);
  });

  test(`nor where the app wrote over it before (${kind})`, async () => {
    const { next, change, pages, rewrite } = await pagesAtRest({ synced });
    const rollback = await change();
    rewrite();
    next();
    await pass(300);
    act(() => rollback());
    await pass(5000);
    expect(pages()).toEqual(SERVER.slice(0, 2));
  });
}
