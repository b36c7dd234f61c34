import { describe, expect, it } from 'vitest';

import { formatMoney, moneyToText, parseMoney } from './money';

describe('parseMoney', () => {
  it.each([
    ['49.90', 4990],
    ['49,9', 4990],
    ['€ 12', 1200],
    ['1,234.50', 123450],
    ['1.234,50', 123450],
    ['1 234', 123400],
    ['1.234', 123400],
    ['1.234.567', 123456700],
    ['12,', 1200],
    ['0', 0],
    ['0.5', 50],
  ])('reads %j', (text, amount) => {
    expect(parseMoney(text, 'EUR')).toEqual({ amount, currency: 'EUR' });
  });

  it('knows currencies without a fraction', () => {
    expect(parseMoney('1,200', 'JPY')).toEqual({ amount: 1200, currency: 'JPY' });
  });

  it('takes an empty text as no amount at all', () => {
    expect(parseMoney('  ', 'EUR')).toBeNull();
  });

  it.each([
    'abc',
    '-1',
    '12.3456',
    '1e3',
    '0.505',
    '12.34.56',
    '1,234.567',
    '1.234.50',
    '12.x',
    '.',
  ])('refuses %j', (text) => {
    expect(parseMoney(text, 'EUR')).toBeUndefined();
  });

  it('reads back what it writes', () => {
    for (const amount of [0, 5, 50, 1999, 120000]) {
      const money = { amount, currency: 'EUR' };
      expect(parseMoney(moneyToText(money), 'EUR')).toEqual(money);
    }
  });
});

describe('formatMoney', () => {
  it('leaves out a fraction that is zero', () => {
    expect(formatMoney({ amount: 4900, currency: 'EUR' })).not.toContain('.00');
    expect(formatMoney({ amount: 4950, currency: 'EUR' })).toContain('50');
  });
});
