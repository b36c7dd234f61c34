import { describe, expect, it } from 'vitest';

import { ApiError } from './problem';
import { inPlainWords } from './plain-words';

describe('inPlainWords', () => {
  it.each([
    ['expected number >= 1', 'At least 1, please.'],
    ['expected number <= 1000', 'At most 1000, please.'],
    ['expected length >= 1', 'This must not be empty.'],
    ['expected length >= 10', 'At least 10 characters, please.'],
    ['expected length <= 200', 'At most 200 characters, please.'],
    ['expected array length <= 20', 'At most 20 of them, please.'],
    ['expected integer', 'A whole number, please.'],
    ['expected an integer, in digits alone', 'A whole number, please.'],
    ['expected string to be RFC 3339 date', 'A date, please.'],
    ['expected string to be an email address', 'This must be an email address.'],
    ['expected value to be one of "idea, selected"', 'One of these, please: idea, selected.'],
    ['expected required property name to be present', 'This is missing.'],
  ])('%s: %s', (message, plain) => {
    expect(inPlainWords(message)).toBe(plain);
  });

  it('leaves what is written for people', () => {
    const message = 'there is no such invite';
    expect(inPlainWords(message)).toBe(message);
  });
});

describe('a refusal by the validator', () => {
  const error = new ApiError(422, {
    code: 'invalid',
    detail: 'body.quantity: expected number >= 1',
    errors: [{ location: 'body.quantity', message: 'expected number >= 1' }],
  });

  it('blames the field in plain words', () => {
    expect(error.fieldErrors()).toEqual({ quantity: 'At least 1, please.' });
  });

  it('names the field where there is none to stand under', () => {
    expect(error.message).toBe('Quantity: At least 1, please.');
  });
});
