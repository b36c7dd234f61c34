import type { InvitePreview } from '@tidings/api';
import { describe, expect, it } from 'vitest';

import { user } from '@/lib/test-people';

import { cardsInWords, hiddenThings, seenAlready } from './describe-preview';

const NOTHING: InvitePreview = {
  person_id: 'edith',
  person_name: 'Edith',
  hidden_lists: [],
  wish_lists: [],
  hidden_cards: { count: 0, cards: [] },
  shown_cards: { count: 0, cards: [] },
  seen_by: [],
};

const card = (gift_name: string, list_name = 'Christmas') => ({
  id: gift_name,
  list_id: list_name,
  list_name,
  gift_name,
});

describe('the cards of a preview', () => {
  it('are named with their lists', () => {
    const cards = [card('Secateurs'), card('Bird feeder'), card('Choir tickets', 'Birthday')];
    expect(cardsInWords({ count: 3, cards })).toBe(
      '“Secateurs” and “Bird feeder” on the list “Christmas”; “Choir tickets” on the list “Birthday”',
    );
  });

  it('are counted where they are many', () => {
    const cards = Array.from({ length: 100 }, (_, at) => card(`Gift ${at}`));
    expect(cardsInWords({ count: 104, cards })).toMatch(
      /“Gift 5” on the list “Christmas”, and 98 more$/,
    );
  });
});

describe('what a newcomer will not see', () => {
  it('is nothing where nothing is for them', () => {
    const wish_lists = [{ id: 'w', name: 'Wishes', wishes: 2, surprises: 0 }];
    expect(hiddenThings({ ...NOTHING, wish_lists })).toEqual([]);
  });

  it('is lists, surprises and cards', () => {
    const preview = {
      ...NOTHING,
      hidden_lists: [{ id: 'h', name: 'Surprise party', wishes: 0, surprises: 1 }],
      wish_lists: [{ id: 'w', name: 'Edith’s wishes', wishes: 1, surprises: 2 }],
      hidden_cards: { count: 1, cards: [card('Secateurs')] },
    };
    expect(hiddenThings(preview)).toEqual([
      'The list “Surprise party”, with 1 card',
      '2 surprises on the list “Edith’s wishes”, of which the 1 wish will show',
      '“Secateurs” on the list “Christmas”',
    ]);
  });
});

describe('what a newcomer may have seen', () => {
  const users = [user('u-clara', 'clara'), user('u-jonas', 'jonas')];

  it('names those through whose accounts', () => {
    expect(seenAlready({ ...NOTHING, seen_by: ['u-clara', 'u-jonas'] }, users)).toBe(
      'Clara and Jonas see it now. If Edith has used one of these accounts, or looked on, it is no surprise any more.',
    );
  });

  it('is nothing where nobody sees what is hidden', () => {
    expect(seenAlready(NOTHING, users)).toBe('');
  });
});
