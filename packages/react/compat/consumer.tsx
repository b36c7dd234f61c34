// An app as others write it, against the packages as they are published. Compiled, never run.

import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { createClient, isTidingsError, type TidingsClient, type WSEvent } from '@tidings/client';
import { CLOSE_CODES } from '@tidings/client/codes';
import { sendSignal, watchPresence } from '@tidings/client/presence';
import { validated, type StandardSchema } from '@tidings/client/validate';
import {
  ConnectionIndicator,
  ConnectionIndicatorCompact,
  dehydrateOptions,
  newMutationId,
  optimisticUpdate,
  usePollingFallback,
  usePresence,
  useRealtimeSync,
  useSignal,
  useWebSocket,
  WebSocketProvider,
  type RealtimeSyncHandle,
} from '@tidings/react';
import { ConnectionIndicator as Alias } from '@tidings/react/indicator';

interface ListItem {
  id: string;
  title: string;
}

declare module '@tidings/client' {
  interface TopicPayloads {
    'list-items': ListItem;
  }
}

declare const schema: StandardSchema<ListItem>;

export function Board({ id }: { id: string }) {
  const queryClient = useQueryClient();
  const queryKey = ['list-items', id];
  const { state, error, subscribe } = useWebSocket();
  const { members, count } = usePresence(`list-items:${id}`);
  const send = useSignal<{ card: string }>(`list-items:${id}`, ({ data }) => data.card);
  const topic: RealtimeSyncHandle = useRealtimeSync({
    topic: `list-items:${id}`,
    queryKey,
    events: ['UPDATED', 'STATUS_CHANGED'],
    onEvent: (event, client: QueryClient) => {
      const title: string = event.data.payload.title;
      client.setQueryData<ListItem[]>(queryKey, (old) => old && [{ id: '1', title }]);
    },
  });
  useRealtimeSync({ topic: `gift:${id}`, queryKey, onEvent: validated(schema, () => {}) });
  usePollingFallback({ queryKey, intervalMs: 10000 });
  const { mutate } = useMutation({
    mutationFn: (item: ListItem) => Promise.resolve(item),
    onMutate: async (item) => {
      const rollback = await optimisticUpdate(
        queryClient,
        queryKey,
        (old: ListItem[]) => old.map((each) => (each.id === item.id ? item : each)),
        { mutationId: newMutationId() },
      );
      return { rollback };
    },
    onError: (_error, _item, context) => context?.rollback(),
  });
  // @ts-expect-error -- a title is no number: the payload's type comes from the topic's name
  const wrong = (event: WSEvent<ListItem>): number => event.data.payload.title;
  return (
    <button
      onClick={() => {
        subscribe(`list-items:${id}`, (event) => mutate(event.data.payload));
        send({ card: String(wrong) });
      }}
    >
      {state} {error?.code} {topic.state} {members.join()} {count}
    </button>
  );
}

export const app = (
  <WebSocketProvider options={{ url: '/ws', identity: null, getToken: () => 'token' }}>
    <Alias />
    <ConnectionIndicator hideWhenConnected />
    <ConnectionIndicatorCompact className="small" />
  </WebSocketProvider>
);

const client: TidingsClient = createClient({ debug: true });
client.subscribe('list-items:1', (event) => event.data.payload.title);
watchPresence(client, 'list-items:1', ({ members }) => members.length);
sendSignal(client, 'list-items:1', CLOSE_CODES[3000]?.name);
export const isOurs = (error: unknown) => isTidingsError(error) && error.code;
export const dehydrated = (queryClient: QueryClient) => dehydrateOptions(queryClient);
