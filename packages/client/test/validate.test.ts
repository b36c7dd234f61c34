import { expect, test, vi } from 'vitest';
import { z } from 'zod';

import { PayloadError, validated } from '../src/validate';
import type { WSEvent } from '../src/index';

const Gift = z.object({ id: z.string(), price: z.coerce.number().min(0) });

const event = (payload: unknown): WSEvent => ({
  topic: 'gift:1',
  event: 'UPDATED',
  data: { entity_id: '1', payload, user_id: 'u', timestamp: '2026-01-01T00:00:00Z' },
});

test('a handler gets what the schema gives out, and everything else as it was', () => {
  const handler = vi.fn();
  validated(Gift, handler)(event({ id: '1', price: '5' }), 'more');
  expect(handler).toHaveBeenCalledWith(event({ id: '1', price: 5 }), 'more');
});

test('what the schema refuses is an error that names the field, and reaches no handler', () => {
  const handler = vi.fn();
  const bad = event({ id: '1', price: -1 });
  expect(() => validated(Gift, handler)(bad)).toThrow(/gift:1, entity 1, field price/);
  try {
    validated(Gift, handler)(bad);
  } catch (error) {
    expect(error).toBeInstanceOf(PayloadError);
    expect(error).toMatchObject({ code: 'invalid_payload', event: bad });
  }
  expect(handler).not.toHaveBeenCalled();
});

test('an asynchronous schema is refused', () => {
  const slow = Gift.refine(() => Promise.resolve(true));
  const standard = {
    '~standard': {
      version: 1 as const,
      vendor: 'test',
      validate: (value: unknown) => slow.parseAsync(value).then((parsed) => ({ value: parsed })),
    },
  };
  expect(() => validated(standard, () => {})(event({ id: '1', price: 1 }))).toThrow(/synchronous/);
});
