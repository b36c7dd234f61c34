import { queryOptions, useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { expectTypeOf, test } from 'vitest';

import { ConnectionIndicator, ConnectionIndicatorCompact } from '../src/indicator';
import {
  useRealtimeSync,
  useWebSocket,
  WebSocketProvider,
  type RealtimeSyncHandle,
  type UseRealtimeSyncOptions,
  type WSConnectionState,
  type WSEvent,
  type WSEventType,
} from '../src/index';
import { optimisticUpdate } from '../src/optimistic';
import { usePollingFallback } from '../src/polling';
import { usePresence, useSignal, type Presence, type SignalOptions } from '../src/presence';

declare module '@tidings/client' {
  interface TopicPayloads {
    'typed-items': { id: string; title: string };
    'typed-gifts': { id: string; price: number };
  }
}

interface Gift {
  id: string;
  list_id: string;
}

declare const apiClient: { patch: (path: string, body: unknown) => Promise<Gift> };

test("the contract's options", () => {
  expectTypeOf<UseRealtimeSyncOptions['topic']>().toBeString();
  expectTypeOf<UseRealtimeSyncOptions['queryKey']>().toEqualTypeOf<QueryKey>();
  expectTypeOf<UseRealtimeSyncOptions['debounceMs']>().toEqualTypeOf<number | undefined>();
  expectTypeOf<{
    topic: string;
    queryKey: string[];
    events: WSEventType[];
  }>().toExtend<UseRealtimeSyncOptions>();
});

test("the contract's snippets compile", () => {
  const useSnippets = () => {
    const { state, subscribe, unsubscribe, connect, disconnect } = useWebSocket();
    expectTypeOf(state).toEqualTypeOf<WSConnectionState>();
    const undo = subscribe('gift-list:123', (event) => console.warn('Event:', event));
    expectTypeOf(undo).toEqualTypeOf<() => void>();
    unsubscribe('gift-list:123');
    connect();
    disconnect();

    useRealtimeSync({ topic: 'gift-list:123', queryKey: ['gifts', '123'] });
    useRealtimeSync({
      topic: 'gift-list:123',
      queryKey: ['gifts', '123'],
      onEvent: (event, queryClient) => {
        queryClient.setQueryData(['gifts', '123'], (old: Gift[]) => {
          if (event.event === 'ADDED') {
            return [...old, event.data.payload];
          }
          return old;
        });
      },
    });
    useRealtimeSync({
      topic: 'gift:456',
      queryKey: ['gift', '456'],
      events: ['UPDATED', 'STATUS_CHANGED'],
      debounceMs: 500,
      enabled: true,
      onSubscribed: () => {},
      onUnsubscribed: () => {},
    });
    usePollingFallback({ queryKey: ['gifts', '123'], intervalMs: 10000 });
  };

  const useUpdateGift = () => {
    const queryClient = useQueryClient();
    return useMutation({
      mutationFn: (data: Gift) => apiClient.patch(`/gifts/${data.id}`, data),
      onMutate: async (newGift) => {
        const rollback = await optimisticUpdate(
          queryClient,
          ['gifts', newGift.list_id],
          (old: Gift[]) => old.map((g) => (g.id === newGift.id ? newGift : g)),
        );
        return { rollback };
      },
      onError: (_err, _variables, context) => {
        context?.rollback();
      },
    });
  };

  const App = () => (
    <WebSocketProvider
      options={{
        url: 'wss://api.example.com/ws',
        reconnect: true,
        reconnectInterval: 5000,
        reconnectMaxInterval: 20000,
        heartbeatInterval: 30000,
        debug: true,
      }}
    >
      <ConnectionIndicator />
      <ConnectionIndicator hideWhenConnected />
      <ConnectionIndicatorCompact />
    </WebSocketProvider>
  );
  expectTypeOf([useSnippets, useUpdateGift, App]).toBeArray();
});

test('a topic map gives payload types from the topic string', () => {
  const useTyped = (id: string) =>
    useRealtimeSync({
      topic: `typed-items:${id}`,
      queryKey: ['typed-items', id],
      onEvent: (event) => {
        expectTypeOf(event).toEqualTypeOf<WSEvent<{ id: string; title: string }>>();
      },
    });
  expectTypeOf(useTyped).toBeFunction();
});

test('presence and signals', () => {
  const useThem = (topic: string) => {
    expectTypeOf(usePresence(topic)).toEqualTypeOf<Presence>();
    expectTypeOf(usePresence(topic, { enabled: false }).members).toEqualTypeOf<readonly string[]>();
    const send = useSignal<{ card: string }>(topic, ({ user_id, entity, data }) => {
      expectTypeOf(user_id).toBeString();
      expectTypeOf(entity).toEqualTypeOf<string | undefined>();
      expectTypeOf(data).toEqualTypeOf<{ card: string }>();
    });
    expectTypeOf(send).toEqualTypeOf<
      (data: { card: string }, options?: SignalOptions) => boolean
    >();
    // @ts-expect-error -- not what was promised to the others
    send({ card: 1 });
    // @ts-expect-error -- an id is a string
    send({ card: '1' }, { entity: 1 });
    useSignal(topic, ({ data }) => expectTypeOf(data).toBeUnknown());
  };
  expectTypeOf(useThem).toBeFunction();
});

test('how a topic stands', () => {
  const useIt = () => useRealtimeSync({ topic: 'typed-items:1', queryKey: ['1'] });
  expectTypeOf(useIt).returns.toEqualTypeOf<RealtimeSyncHandle>();
  expectTypeOf<RealtimeSyncHandle['state']>().toEqualTypeOf<
    'off' | 'waiting' | 'live' | 'refused'
  >();
});

test('the payload of one of several topics', () => {
  const useEither = (topic: 'typed-items:1' | 'typed-gifts:1') =>
    useRealtimeSync({
      topic,
      queryKey: ['1'],
      onEvent: ({ data: { payload } }) => {
        expectTypeOf(payload).toEqualTypeOf<
          { id: string; title: string } | { id: string; price: number }
        >();
      },
    });
  const useSome = (kind: 'typed-items' | 'typed-gifts', id: string) =>
    useRealtimeSync({
      topic: `${kind}:${id}`,
      queryKey: [id],
      onEvent: ({ data: { payload } }) => {
        expectTypeOf(payload.id).toBeString();
      },
    });
  expectTypeOf(useEither).toBeFunction();
  expectTypeOf(useSome).toBeFunction();
});

test('optimisticUpdate knows the data of a key from queryOptions', () => {
  const gifts = queryOptions({ queryKey: ['gifts'], queryFn: () => [] as Gift[] });
  const useIt = () => {
    const queryClient = useQueryClient();
    void optimisticUpdate(queryClient, gifts.queryKey, (old) => {
      expectTypeOf(old).toEqualTypeOf<Gift[]>();
      return old;
    });
    // @ts-expect-error -- no gifts
    void optimisticUpdate(queryClient, gifts.queryKey, () => 'no gifts');
    void optimisticUpdate(queryClient, ['gifts'], (old: Gift[]) => old);
    void optimisticUpdate<Gift[]>(queryClient, ['gifts'], (old) => old.slice(1));
  };
  expectTypeOf(useIt).toBeFunction();
});
