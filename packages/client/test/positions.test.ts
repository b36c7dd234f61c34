import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { covers, parsePositionHeader, positionsOf, tagPosition } from '../src/index';

describe('Tidings-Position', () => {
  test('one member per topic', () => {
    expect(
      parsePositionHeader('"list-items:12";epoch="a_B-1";seq=41, "gift:7";epoch="x";seq=0'),
    ).toEqual([
      { topic: 'list-items:12', epoch: 'a_B-1', seq: 41 },
      { topic: 'gift:7', epoch: 'x', seq: 0 },
    ]);
  });

  test.each([
    undefined,
    null,
    '',
    'nonsense',
    '"a:1";epoch="x"',
    '"a:1";epoch="x";seq=-1',
    '"a:1";epoch="x";seq=1e9',
  ])('%s holds no position', (header) => expect(parsePositionHeader(header)).toEqual([]));

  test('reads back whatever a server can write', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
    const member = fc.record({
      topic: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}:[A-Za-z0-9._~-]{1,20}$/),
      epoch: word,
      seq: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(member), (members) => {
        const header = members
          .map((m) => `"${m.topic}";epoch="${m.epoch}";seq=${m.seq}`)
          .join(', ');
        expect(parsePositionHeader(header)).toEqual(members);
      }),
    );
  });

  test('travels beside the data, not in it', () => {
    const data = tagPosition([{ id: 1 }], '"a:1";epoch="x";seq=3');
    expect(positionsOf(data)).toEqual([{ topic: 'a:1', epoch: 'x', seq: 3 }]);
    expect(JSON.stringify(data)).toBe('[{"id":1}]');
    expect(positionsOf([{ id: 1 }])).toEqual([]);
    expect(tagPosition(7, '"a:1";epoch="x";seq=3')).toBe(7);
  });
});

test('coverage', () => {
  const at = (epoch: string, seq: number) => ({ epoch, seq });
  expect(covers(at('a', 3), at('a', 3))).toBe(true);
  expect(covers(at('a', 3), at('a', 4))).toBe(false);
  expect(covers(at('a', 3), at('b', 1))).toBe(false);
  expect(covers(undefined, at('b', 0))).toBe(false);
});
