import { describe, expect, it } from 'vitest';

import { readEntry } from './entry';

describe('readEntry', () => {
  it.each(['Lego castle', 'book', 'Dr. Seuss', 'A 3.5 mm cable', ''])(
    'takes %j as a name',
    (text) => {
      expect(readEntry(` ${text} `)).toEqual({ kind: 'name', name: text });
    },
  );

  it.each([
    ['https://shop.example/en/p/lego-castle-10305?ref=1', 'Lego castle 10305'],
    ['https://www.example.org/dp/B0C1234', 'example.org'],
    ['shop.example/wooden_train-set.html', 'Wooden train set'],
    ['https://example.org/%E0%A4%A', 'example.org'],
  ])('guesses a name from %s', (text, name) => {
    expect(readEntry(text)).toMatchObject({ kind: 'link', name });
  });

  it('adds the scheme that a pasted link lacks', () => {
    expect(readEntry('example.org/a')).toMatchObject({
      kind: 'link',
      url: 'https://example.org/a',
    });
  });

  it('does not take other schemes as links', () => {
    expect(readEntry('javascript:alert(1)')).toMatchObject({ kind: 'name' });
  });
});
