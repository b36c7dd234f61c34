import { QueryClient } from '@tanstack/query-core';
import { expect, test } from 'vitest';

import type { AnyQuery } from '../src/contracts';
import { own, write } from '../src/writes';

test('after code of the app has thrown in a write, the app’s own writes are seen again', () => {
  const structuralSharing = () => {
    throw new Error('not shareable');
  };
  const query = new QueryClient()
    .getQueryCache()
    .build(new QueryClient(), { queryKey: ['list'], structuralSharing }) as unknown as AnyQuery;
  expect(() => write(query, [1])).toThrow('not shareable');
  expect(own).toBeUndefined();
});
