import { describe, expect, it } from 'vitest';

import { item } from '@/lib/test-items';
import type { WSEventType } from '@/lib/websocket';

import { describeChange } from './useChanges';

describe('the message about another member’s change', () => {
  it.each<[WSEventType, string]>([
    ['ADDED', 'Clara added Gift a'],
    ['STATUS_CHANGED', 'Clara moved Gift a → Selected'],
    ['UPDATED', ''],
    // Deleted, or for the reader now: neither who nor why.
    ['DELETED', 'Gift a is no longer on this list'],
  ])('%s', (event, words) => {
    const payload = item('a', 'selected', 'm');
    const data = { entity_id: 'a', payload, user_id: 'clara', timestamp: payload.updated_at };
    expect(describeChange({ topic: 'list-items:list', event, data }, 'Clara')).toBe(words);
  });
});
