// Only run by vitest.oldest.config.ts: that the other tests there mean what they say.

import { matchQuery, QueryClient } from '@tanstack/react-query';
import { version } from 'react';
import { version as domVersion } from 'react-dom';
import { expect, test } from 'vitest';

test('this is React 18', () => {
  expect(version).toMatch(/^18\./);
  expect(domVersion).toMatch(/^18\./);
});

test('this is TanStack Query 5.0', () => {
  // Public since, private then.
  expect(
    new QueryClient().getQueryCache().build(new QueryClient(), { queryKey: [1] }).observers,
  ).toBeUndefined();
  expect(matchQuery).toBeTypeOf('function');
});
