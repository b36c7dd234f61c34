// Several providers, or several QueryClients, in one app.

import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, test } from 'vitest';

import { useRealtimeSync, WebSocketProvider } from '../src/index';
import { fakeTime, FakeRest, FakeServer, pass, text, TOPIC } from './harness';

fakeTime();

const newClient = () =>
  new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });

/** One server, and the REST beside it. */
function backend() {
  const server = new FakeServer();
  const rest = new FakeRest(server);
  rest.rows.set('a', { id: 'a', v: 0 });
  return { server, rest };
}

type Backend = ReturnType<typeof backend>;

function List({
  of: { rest },
  name,
  topic = TOPIC,
}: {
  of: Backend;
  name: string;
  topic?: string;
}) {
  const queryKey = [name];
  const { data } = useQuery({ queryKey, queryFn: ({ signal }) => rest.get(signal) });
  useRealtimeSync({ topic, queryKey });
  return <p data-testid={name}>{text(data)}</p>;
}

const shown = (name: string) => screen.getByTestId(name).textContent;

interface ProviderProps {
  of: Backend;
  identity?: string | null;
  children: ReactNode;
}

const Provider = ({ of: { server }, identity, children }: ProviderProps) => (
  <WebSocketProvider options={{ url: 'wss://host/ws', WebSocket: server.WebSocket, identity }}>
    {children}
  </WebSocketProvider>
);

test('two servers, one QueryClient: a log-out at one leaves what the other keeps right', async () => {
  const [a, b] = [backend(), backend()];
  const queryClient = newClient();
  const app = (user: string | null) => (
    <QueryClientProvider client={queryClient}>
      <Provider of={a} identity={user}>
        <List of={a} name="A" />
      </Provider>
      <Provider of={b} identity="guest">
        <List of={b} name="B" topic="chat:1" />
      </Provider>
    </QueryClientProvider>
  );
  const view = render(app('anna'));
  await pass(300);
  expect([shown('A'), shown('B')]).toEqual(['a0', 'a0']);
  view.rerender(app(null));
  await pass(10_000);
  expect([shown('A'), shown('B')]).toEqual(['loading', 'a0']);
});

test('two servers, one QueryClient: a topic that one takes away is not the other one', async () => {
  const [a, b] = [backend(), backend()];
  render(
    <QueryClientProvider client={newClient()}>
      <Provider of={a}>
        <List of={a} name="A" />
      </Provider>
      <Provider of={b}>
        <List of={b} name="B" />
      </Provider>
    </QueryClientProvider>,
  );
  await pass(300);
  const before = b.rest.requests;
  a.server.revoke(TOPIC);
  await pass(1000);
  expect(b.rest.requests).toBe(before);
});

// Guarantees: S8
test('one server, two QueryClients: of both, the next user sees nothing of the last', async () => {
  const a = backend();
  const [outer, inner] = [newClient(), newClient()];
  const app = (identity: string) => (
    <QueryClientProvider client={outer}>
      <Provider of={a} identity={identity}>
        <List of={a} name="outer" />
        <QueryClientProvider client={inner}>
          <List of={a} name="inner" />
        </QueryClientProvider>
      </Provider>
    </QueryClientProvider>
  );
  const view = render(app('anna'));
  await pass(300);
  expect([shown('outer'), shown('inner')]).toEqual(['a0', 'a0']);
  a.rest.hung = true;
  view.rerender(app('ben'));
  await pass(300);
  expect([shown('outer'), shown('inner')]).toEqual(['loading', 'loading']);
});

test('a QueryClient that is only below the provider is looked after, too', async () => {
  const a = backend();
  const client = newClient();
  const app = (identity: string) => (
    <Provider of={a} identity={identity}>
      <QueryClientProvider client={client}>
        <List of={a} name="A" />
      </QueryClientProvider>
    </Provider>
  );
  const view = render(app('anna'));
  await pass(300);
  a.rest.hung = true;
  view.rerender(app('ben'));
  await pass(300);
  expect(shown('A')).toBe('loading');
});
