import { describe, expect, it } from 'vitest';

import type { ListItem, ListItemPayload } from '@/lib/api/types';
import type { WSEvent } from '@/lib/websocket';

import { afterEvent } from './item-order';
import { item } from './test-items';

const board = [item('a', 'idea', 'd'), item('b', 'idea', 'm'), item('c', 'purchased', 'm')];

function eventOf(event: WSEvent['event'], changed: ListItem): WSEvent<ListItemPayload> {
  const { id, updated_at } = changed;
  const { person_ids: _, ...gift } = changed.gift;
  const payload = { ...changed, gift };
  const data = { entity_id: id, payload, user_id: 'ann', timestamp: updated_at };
  return { topic: 'list-items:list', event, data };
}

describe('a board after an event', () => {
  it('has an added item at its place', () => {
    const added = item('d', 'idea', 'h');
    const after = afterEvent(board, eventOf('ADDED', added));
    expect(after).toEqual([board[0], added, board[1], board[2]]);
  });

  it('has a moved item in its new column, behind an equal rank with a smaller id', () => {
    const moved = item('d', 'purchased', 'm', 2);
    const before = [item('d', 'idea', 'a'), ...board];
    expect(afterEvent(before, eventOf('STATUS_CHANGED', moved))).toEqual([...board, moved]);
  });

  it('still says whom a gift would suit, which no event does', () => {
    const [first, ...others] = board as [ListItem, ...ListItem[]];
    const suited = { ...first, gift: { ...first.gift, person_ids: ['mia'] } };
    const moved = { ...first, position: 'x', version: 2 };
    const after = afterEvent([suited, ...others], eventOf('UPDATED', moved));
    expect(after).toContainEqual({ ...moved, gift: suited.gift });
  });

  it('takes an item twice without doubling it', () => {
    const added = eventOf('ADDED', item('d', 'received', 'h'));
    const once = afterEvent(board, added);
    expect(afterEvent(once, added)).toEqual(once);
  });

  it('is without a deleted item, and does not mind that it never was there', () => {
    const [first, ...others] = board as [ListItem, ...ListItem[]];
    const gone = eventOf('DELETED', first);
    expect(afterEvent(board, gone)).toEqual(others);
    expect(afterEvent(others, gone)).toEqual(others);
  });
});
