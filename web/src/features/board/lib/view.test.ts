import { describe, expect, it } from 'vitest';

import { item } from '@/lib/test-items';
import { columnsOf } from './order';
import { boardReducer, INITIAL_VIEW, shownItems, type BoardAction, type PendingMove } from './view';

const live = [item('a', 'idea', 'd'), item('b', 'idea', 'm')];
const remote = [item('a', 'received', 'd', 2), item('b', 'idea', 'm')];
const move: PendingMove = {
  mutationId: 'm1',
  itemId: 'a',
  place: { status: 'purchased', before: null, after: null },
};

const after = (...actions: BoardAction[]) => actions.reduce(boardReducer, INITIAL_VIEW);
const statusOfA = (view: typeof INITIAL_VIEW, items = live) =>
  shownItems(view, items).find(({ id }) => id === 'a')?.status;

describe('boardReducer', () => {
  it('shows live items as they come while nothing is held', () => {
    expect(shownItems(INITIAL_VIEW, remote)).toBe(remote);
  });

  it('keeps remote changes back while a card is in the air', () => {
    const view = after({ type: 'hold', by: 'drag', shown: live });
    expect(statusOfA(view, remote)).toBe('idea');
    expect(statusOfA(boardReducer(view, { type: 'release', by: 'drag' }), remote)).toBe('received');
  });

  it('stays held until the last reason is gone', () => {
    const view = after(
      { type: 'hold', by: 'pointer', shown: live },
      { type: 'hold', by: 'drag', shown: remote },
      { type: 'release', by: 'pointer' },
    );
    expect(shownItems(view, remote)).toBe(live);
  });

  it('applies a drop to the newest items, and what was held back with it', () => {
    const view = after({ type: 'hold', by: 'drag', shown: live }, { type: 'drop', move });
    const shown = columnsOf(shownItems(view, [...live, item('c', 'idea', 'z')]));
    expect(shown.purchased.map(({ id }) => id)).toEqual(['a']);
    expect(shown.idea.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(view.dropped).toBe(true);
  });

  it('lets go of a move when the server answered, whatever the answer', () => {
    const view = after({ type: 'move', move }, { type: 'settle', mutationId: 'm1' });
    expect(statusOfA(view)).toBe('idea');
  });

  it('settles one move and keeps the others', () => {
    const second: PendingMove = { ...move, mutationId: 'm2', itemId: 'b' };
    const view = after(
      { type: 'move', move },
      { type: 'move', move: second },
      { type: 'settle', mutationId: 'm1' },
    );
    expect(columnsOf(shownItems(view, live)).purchased.map(({ id }) => id)).toEqual(['b']);
  });

  it('ignores a release of what it does not hold', () => {
    const view = after({ type: 'move', move });
    expect(boardReducer(view, { type: 'release', by: 'drag' })).toBe(view);
  });
});
