import { describe, expect, it } from 'vitest';

import { list, person, user } from './test-people';
import { buyersOf, forWhom, inWords, kindOf, whoIsBlind, whoSees } from './recipients';

const edith = person('edith', 'u-edith');
const karl = person('karl', 'u-karl');
const mila = person('mila', null);
const theo = person('theo', null);

describe('whom a card is for', () => {
  it.each([
    [[], ''],
    [['Ann'], 'Ann'],
    [['Ann', 'Ben'], 'Ann and Ben'],
    [['Ann', 'Ben', 'Mia'], 'Ann, Ben and Mia'],
  ])('%j in words', (names, words) => {
    expect(inWords(names)).toBe(words);
  });

  it('is said of somebody, and of nobody not at all', () => {
    expect(forWhom([edith])).toBe('for Edith');
    expect(forWhom([])).toBe('');
  });
});

describe('who does not see a card', () => {
  it.each([
    [[], 'Nobody in particular: everybody who sees this list sees the card.'],
    [[edith], 'Edith does not see this card.'],
    [[edith, karl], 'Edith and Karl do not see this card.'],
    [[mila], 'Mila has no account yet, and will not see it after joining.'],
    [
      [edith, mila, theo],
      'Edith does not see this card. Mila and Theo have no account yet, and will not see it after joining.',
    ],
  ])('is said of those with an account, and of those who may join (%#)', (recipients, words) => {
    expect(whoIsBlind(recipients)).toBe(words);
  });

  it('is said of the person whom a list is about', () => {
    const about = list({ person_id: 'edith' });
    expect(whoSees(edith, about, true)).toBe('Edith does not see this card.');
    expect(whoSees(edith, about, false)).toBe('Edith sees this among the wishes.');
    expect(whoSees(mila, list({ person_id: 'mila' }), false)).toBe(
      'Mila has no account yet, and will see this wish after joining.',
    );
    expect(whoSees(edith, list({ person_id: 'edith', hidden_from_person: true }), false)).toBe(
      'This list is hidden from Edith.',
    );
  });
});

describe('the possible buyers of a card', () => {
  it('are the members for whom it is not', () => {
    const users = [user('u-edith', 'edith'), user('u-karl', 'karl'), user('u-helper', null)];
    expect(buyersOf(users, ['karl', 'mila']).map(({ id }) => id)).toEqual(['u-edith', 'u-helper']);
  });
});

describe('what a card is to the person its list is about', () => {
  it.each([
    [{ person_id: 'edith' }, true, 'surprise'],
    [{ person_id: 'edith' }, false, 'wish'],
    [{ person_id: 'edith', hidden_from_person: true }, false, null],
    [{ person_id: null }, true, null],
  ])('on a list with %j, a surprise: %j', (more, surprise, kind) => {
    expect(kindOf({ surprise }, list(more))).toBe(kind);
  });
});
