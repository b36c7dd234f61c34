import { describe, expect, it } from 'vitest';

import { ApiError } from './problem';

describe('a refusal by the validator', () => {
  const refusal = (location: string, message: string) =>
    new ApiError(422, {
      code: 'invalid',
      detail: `${location}: ${message}`,
      errors: [{ location, message }],
    });

  it('blames the field', () => {
    const error = refusal('body.price.amount', 'may not be negative');
    expect(error.fieldErrors()).toEqual({ price: 'May not be negative.' });
  });

  it('names the field where there is none to stand under', () => {
    expect(refusal('body.quantity', 'must be at least 1').message).toBe(
      'Quantity must be at least 1.',
    );
    expect(refusal('body.sale_price.currency', 'is missing').message).toBe(
      'Sale price is missing.',
    );
  });

  it('says what is wrong outside of a field', () => {
    expect(refusal('body', 'must be a JSON object').message).toBe('Must be a JSON object.');
  });
});
