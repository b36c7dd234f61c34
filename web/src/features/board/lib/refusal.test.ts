import { describe, expect, it } from 'vitest';

import { ApiError, NetworkError } from '@/lib/api/problem';

import { describeRefusal } from './refusal';

const refused = (error: unknown, other: string | null = null) =>
  describeRefusal({ name: 'Lego set', home: 'idea', other, error });

const conflict = (status: string) =>
  new ApiError(409, { code: 'conflict', detail: 'a stale version', current: { status } });

describe('describeRefusal', () => {
  it('says that the card is back, and that it was changed', () => {
    expect(refused(conflict('idea'))).toBe(
      '“Lego set” is back in Idea: somebody changed it meanwhile.',
    );
  });

  it('names the member who was faster, and the column they put it into', () => {
    expect(refused(conflict('purchased'), 'Ben')).toBe(
      '“Lego set” is now in Purchased: Ben changed it meanwhile.',
    );
  });

  it('does without the item as it is now', () => {
    const error = new ApiError(409, { code: 'conflict' });
    expect(refused(error)).toBe('“Lego set” is back in Idea: somebody changed it meanwhile.');
  });

  it('says that the card is gone, and not why', () => {
    const error = new ApiError(404, { code: 'not_found', detail: 'no such item' });
    expect(refused(error)).toBe('“Lego set” is no longer on this list.');
  });

  it('gives any other reason', () => {
    expect(refused(new NetworkError('The server cannot be reached.'))).toBe(
      '“Lego set” is back in Idea. The server cannot be reached.',
    );
  });
});
