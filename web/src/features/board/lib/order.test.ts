import { describe, expect, it } from 'vitest';
import fc from 'fast-check';

import { compareItems } from '@/lib/item-order';
import { item } from '@/lib/test-items';

import { columnsOf, placeAt, placeItem, placeOf, rankBetween } from './order';

const ids = (items: { id: string }[]) => items.map(({ id }) => id);

const board = [
  item('a', 'idea', 'd'),
  item('b', 'idea', 'm'),
  item('c', 'idea', 't'),
  item('d', 'purchased', 'm'),
];

describe('columnsOf', () => {
  it('sorts bytewise by position, ties by id', () => {
    const { idea } = columnsOf([
      item('z', 'idea', 'm'),
      item('y', 'idea', 'm'),
      item('x', 'idea', 'Z'),
      item('w', 'idea', 'm0'),
    ]);
    expect(ids(idea)).toEqual(['x', 'y', 'z', 'w']);
  });

  it('leaves the items it was given in their order', () => {
    const items = [item('b', 'idea', 'm'), item('a', 'idea', 'd')];
    columnsOf(items);
    expect(ids(items)).toEqual(['b', 'a']);
  });
});

describe('rankBetween', () => {
  const rank = fc.string({ unit: fc.constantFrom(...'0129AZaz'), minLength: 1, maxLength: 6 });

  it('lies between any two different ranks', () => {
    fc.assert(
      fc.property(rank, rank, (a, b) => {
        fc.pre(a !== b);
        const [low, high] = a < b ? [a, b] : [b, a];
        const between = rankBetween(low, high);
        return low < between && between < high;
      }),
    );
  });

  it('lies before the first and behind the last', () => {
    fc.assert(fc.property(rank, (a) => rankBetween(null, a) < a && rankBetween(a, null) > a));
  });

  it('finds room again and again at the same place', () => {
    let low = 'a';
    for (let i = 0; i < 200; i++) {
      const next = rankBetween(low, 'b');
      expect(next > low && next < 'b').toBe(true);
      low = next;
    }
  });
});

describe('placeItem', () => {
  it('moves between two neighbours of another column', () => {
    const moved = placeItem(board, 'd', { status: 'idea', before: 'a', after: 'b' });
    expect(ids(columnsOf(moved).idea)).toEqual(['a', 'd', 'b', 'c']);
    expect(columnsOf(moved).purchased).toEqual([]);
  });

  it('moves to the top and to the end', () => {
    const top = placeItem(board, 'c', { status: 'idea', before: null, after: 'a' });
    expect(ids(columnsOf(top).idea)).toEqual(['c', 'a', 'b']);
    const end = placeItem(board, 'a', { status: 'idea', before: 'c', after: null });
    expect(ids(columnsOf(end).idea)).toEqual(['b', 'c', 'a']);
  });

  it('falls back to the other neighbour when one is gone, then to the end', () => {
    const byAfter = placeItem(board, 'd', { status: 'idea', before: 'gone', after: 'b' });
    expect(ids(columnsOf(byAfter).idea)).toEqual(['a', 'd', 'b', 'c']);
    const neither = placeItem(board, 'd', { status: 'idea', before: 'gone', after: 'gone too' });
    expect(ids(columnsOf(neither).idea)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('finds room at every place of a column whose cards share a rank', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('d', 'm', 't'), { minLength: 1, maxLength: 6 }),
        fc.nat(6),
        fc.nat(6),
        (ranks, from, to) => {
          const column = columnsOf(ranks.map((rank, at) => item(`${at}`, 'idea', rank))).idea;
          const id = ids(column)[from % column.length] ?? '';
          const place = placeAt(columnsOf(column), id, 'idea', to % column.length);
          const wanted = ids(column).filter((other) => other !== id);
          wanted.splice(to % column.length, 0, id);
          expect(ids(columnsOf(placeItem(column, id, place)).idea)).toEqual(wanted);
        },
      ),
    );
  });

  it('changes nothing for an item that is gone', () => {
    expect(placeItem(board, 'gone', { status: 'idea', before: 'a', after: 'b' })).toEqual(board);
  });

  it('gives the same order when it is applied twice', () => {
    const place = { status: 'idea', before: 'a', after: 'b' } as const;
    const once = placeItem(board, 'd', place);
    const twice = placeItem(once, 'd', place);
    expect(ids([...twice].sort(compareItems))).toEqual(ids([...once].sort(compareItems)));
  });
});

describe('placeOf', () => {
  it('names the place that placeItem returns an item to', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...board.map(({ id }) => id)),
        fc.constantFrom('idea' as const, 'selected' as const, 'purchased' as const),
        fc.nat(3),
        (id, status, index) => {
          const home = placeOf(board, id);
          if (!home) return false;
          const away = placeItem(board, id, placeAt(columnsOf(board), id, status, index));
          const back = columnsOf(placeItem(away, id, home));
          return (
            JSON.stringify(Object.values(back).map(ids)) ===
            JSON.stringify(Object.values(columnsOf(board)).map(ids))
          );
        },
      ),
    );
  });

  it('is null for an item that is gone', () => {
    expect(placeOf(board, 'gone')).toBeNull();
  });
});
