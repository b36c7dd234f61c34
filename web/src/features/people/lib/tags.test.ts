import { describe, expect, it } from 'vitest';

import { addTags, MAX_TAG_LENGTH, MAX_TAGS } from './tags';

describe('addTags', () => {
  it('adds one, trimmed', () => {
    expect(addTags(['lego'], '  board   games ')).toEqual(['lego', 'board games']);
  });

  it('splits what was pasted', () => {
    expect(addTags([], 'lego, horses;chess\nlego')).toEqual(['lego', 'horses', 'chess']);
  });

  it('ignores what is there already, in any case', () => {
    expect(addTags(['Lego'], 'LEGO')).toEqual(['Lego']);
  });

  it('ignores nothing', () => {
    expect(addTags(['lego'], ' ,\n; ')).toEqual(['lego']);
  });

  it('keeps to the limits of the server', () => {
    const full = Array.from({ length: MAX_TAGS }, (_, i) => `tag ${i}`);
    expect(addTags(full, 'one more')).toEqual(full);
    expect(addTags([], 'x'.repeat(MAX_TAG_LENGTH + 1))).toEqual(['x'.repeat(MAX_TAG_LENGTH)]);
  });

  it('leaves the given tags alone', () => {
    const tags = ['lego'];
    addTags(tags, 'horses');
    expect(tags).toEqual(['lego']);
  });
});
