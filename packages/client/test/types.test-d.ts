import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';

import type {
  PayloadOf,
  TidingsClient,
  WSConnectionState,
  WSEvent,
  WSEventType,
} from '../src/index';
import { validated } from '../src/validate';

declare module '../src/types' {
  interface TopicPayloads {
    'typed-items': { id: string; title: string };
  }
}

test('the envelope is the contract', () => {
  expectTypeOf<WSEvent['event']>().toEqualTypeOf<WSEventType>();
  expectTypeOf<WSEventType>().toEqualTypeOf<'ADDED' | 'UPDATED' | 'DELETED' | 'STATUS_CHANGED'>();
  expectTypeOf<WSEvent['data']['payload']>().toBeUnknown();
  expectTypeOf<WSEvent<number>['data']>().toEqualTypeOf<{
    entity_id: string;
    payload: number;
    user_id: string;
    timestamp: string;
  }>();
  expectTypeOf<WSEvent['trace_id']>().toEqualTypeOf<string | undefined>();
  expectTypeOf<WSConnectionState>().toEqualTypeOf<
    'connecting' | 'connected' | 'reconnecting' | 'disconnected' | 'error'
  >();
});

test('a topic map gives payload types from the topic string', () => {
  expectTypeOf<PayloadOf<'typed-items:1'>>().toEqualTypeOf<{ id: string; title: string }>();
  expectTypeOf<PayloadOf<'other:1'>>().toBeUnknown();
  expectTypeOf<PayloadOf<string>>().toBeUnknown();
  const client = {} as TidingsClient;
  const id = '1' as string;
  client.subscribe(`typed-items:${id}`, (event) => {
    expectTypeOf(event.data.payload.title).toBeString();
  });
  client.subscribe(`other:${id}`, (event) => {
    expectTypeOf(event.data.payload).toBeUnknown();
  });
});

test('a schema types the payload', () => {
  const Gift = z.object({ id: z.string() });
  validated(Gift, (event, extra: number) => {
    expectTypeOf(event.data.payload).toEqualTypeOf<{ id: string }>();
    expectTypeOf(extra).toBeNumber();
  });
});
