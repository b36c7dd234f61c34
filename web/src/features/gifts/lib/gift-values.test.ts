import { describe, expect, it } from 'vitest';

import type { Gift } from '@/lib/api/types';

import {
  currenciesOf,
  giftFields,
  giftValues,
  linksProblem,
  MAX_QUANTITY,
  quantityRule,
} from './gift-values';

const robot: Gift = {
  id: 'g1',
  name: 'Robot kit',
  url: 'https://shop.example/robot',
  price: { amount: 4_990, currency: 'EUR' },
  sale_price: { amount: 3_900, currency: 'CHF' },
  image_url: '',
  source: 'catalogue',
  description: 'With wheels',
  notes: '',
  priority: 'high',
  quantity: 2,
  additional_links: [{ label: 'Spare parts', url: 'https://shop.example/parts' }],
  person_ids: ['mia'],
  version: 4,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
};

describe('giftFields', () => {
  it('gives back what the form was filled with, each price in its own currency', () => {
    expect(robot).toMatchObject(giftFields(giftValues(robot), currenciesOf(robot, 'USD')));
  });

  it('makes integers in minor units of what was typed', () => {
    const typed = { ...giftValues(undefined), name: ' Kite ', price: '12,5', quantity: ' 3' };
    expect(giftFields(typed, currenciesOf(undefined, 'EUR'))).toMatchObject({
      name: 'Kite',
      price: { amount: 1_250, currency: 'EUR' },
      sale_price: null,
      quantity: 3,
    });
  });

  it('drops links that were left empty', () => {
    const additional_links = [
      { label: ' ', url: '' },
      { label: '', url: ' https://shop.example ' },
    ];
    const fields = giftFields(
      { ...giftValues(undefined), additional_links },
      currenciesOf(undefined, 'EUR'),
    );
    expect(fields.additional_links).toEqual([{ label: '', url: 'https://shop.example' }]);
  });
});

describe('linksProblem', () => {
  it('wants an address behind a label', () => {
    expect(linksProblem([{ label: '', url: '' }])).toBeUndefined();
    expect(linksProblem([{ label: 'Parts', url: ' ' }])).toBe('Where does “Parts” lead?');
  });
});

describe('quantityRule', () => {
  it.each(['1', ' 7 ', String(MAX_QUANTITY)])('accepts %s', (text) => {
    expect(quantityRule.validate(text)).toBe(true);
  });

  it.each(['', '0', '-1', '1.5', '1e3', 'two', String(MAX_QUANTITY + 1)])('refuses %j', (text) => {
    expect(quantityRule.validate(text)).toBe('A whole number from 1 to 1000.');
  });
});
