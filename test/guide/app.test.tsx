// The guide's app, in a page, against the guide's server.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { QueryClient, useQuery } from '@tanstack/react-query';
import { createClient, type WSEvent, type WSEventType } from '@tidings/client';
import { onSignal, sendSignal, watchPresence, type Signal } from '@tidings/client/presence';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';

import ListDetailPage from '@/app/lists/[id]/ListDetailPage';
import Page from '@/app/lists/[id]/page';
import PrefetchedPage from '@/app/prefetched/[id]/page';
import { Providers } from '@/app/providers';
import { Companions } from '@/components/Companions';
import { DebugSync } from '@/components/DebugSync';
import { EventLog } from '@/components/EventLog';
import { Header } from '@/components/Header';
import { Summary } from '@/components/Summary';
import { Tuned } from '@/components/Tuned';
import { onItem } from '@/hooks/onItem';
import { useListItems } from '@/hooks/useListItems';
import { useListItemsDirectly } from '@/hooks/useListItemsDirectly';
import { useRealtimeSync } from '@/hooks/useRealtimeSync';
import { useUpdate } from '@/hooks/useUpdateItem';
import { apiClient } from '@/lib/api/client';
import { getUserId, renew, setSession } from '@/lib/api/session';
import type { ListItem } from '@/lib/api/types';
import { getQueryClient } from '@/lib/query-client';

import { extracted } from '../../scripts/extract-guide.mjs';

import { request } from './next-headers';
import { Serving } from './server';

const folder = mkdtempSync(path.join(tmpdir(), 'guide-'));
const program = path.join(folder, 'gifts');
let server: Serving;

/** What the browser keeps for the server. */
let cookie = '';

/** The paths that the page has asked for. */
const requests: string[] = [];

beforeAll(async () => {
  const source = path.join(extracted, '_go/gifts');
  execFileSync('go', ['vet', source], { cwd: path.dirname(extracted) });
  execFileSync('go', ['build', '-o', program, source], { cwd: path.dirname(extracted) });
  const database = path.join(folder, 'gifts.db');
  server = await Serving.start(program, ['127.0.0.1:0', database], folder);
  process.env.NEXT_PUBLIC_WS_URL = `${server.url.replace('http', 'ws')}/ws`;

  // In a page, paths are relative to it, and cookies are kept.
  const { fetch } = globalThis;
  vi.stubGlobal('fetch', async (url: string, init?: RequestInit) => {
    if (!url.startsWith('/')) return fetch(url, init);
    requests.push(`${init?.method} ${url}`);
    const headers = new Headers(init?.headers);
    if (cookie) headers.set('Cookie', cookie);
    const response = await fetch(new URL(url, server.url), { ...init, headers });
    cookie = response.headers.get('Set-Cookie')?.split(';')[0] ?? cookie;
    return response;
  });
});
afterEach(() => {
  cleanup();
  setSession(null);
  cookie = '';
  getQueryClient().clear();
  requests.splice(0);
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** Ben, who is not in this page. */
async function ben(method: 'POST' | 'PATCH', path: string, body: object): Promise<ListItem> {
  const headers = { Authorization: 'Bearer bens-token' };
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers,
    body: JSON.stringify(body),
  });
  expect(response.ok, await response.clone().text()).toBe(true);
  return (await response.json()) as ListItem;
}

/** A list of the test's own, with one gift. */
let lists = 0;
async function newList(): Promise<{ listId: string; kite: ListItem }> {
  const listId = String(++lists);
  return { listId, kite: await ben('POST', '/list-items', { list_id: listId, name: 'Kite' }) };
}

const anna = userEvent.setup();

/** Shows something to Anna once she has logged in and the connection is there. */
async function show(children: ReactNode) {
  const page = (shown: ReactNode) => (
    <Providers>
      <Header />
      {shown}
    </Providers>
  );
  const view = render(page(null));
  await anna.click(screen.getByRole('button', { name: 'Log in' }));
  await screen.findByText('Connected');
  view.rerender(page(children));
}

const lines = () => screen.queryAllByRole('listitem').map(({ textContent }) => textContent);
const reads = () => requests.filter((each) => each.startsWith('GET'));

test('the page: log in, see what others do, log out', async () => {
  const { listId, kite } = await newList();
  await show(<ListDetailPage params={{ id: listId }} />);
  await waitFor(() => expect(lines()).toEqual(['Kite (idea)']));

  await ben('PATCH', `/list-items/${kite.id}`, { ...kite, status: 'purchased' });
  await waitFor(() => expect(lines()).toEqual(['Kite (purchased)']));

  await anna.click(screen.getByRole('button', { name: 'Log anna out' }));
  await waitFor(() => expect(lines()).toEqual([]));
  // An interruption of less than a second is not shown.
  const [indicator] = await screen.findAllByText('Signed out', undefined, { timeout: 5000 });
  expect(indicator).toBeDefined();
});

test('a reload: the cookie knows who it was, until the log-out', async () => {
  await show(null);
  cleanup();
  setSession(null);
  const reloaded = render(
    <Providers>
      <Header />
    </Providers>,
  );
  await screen.findByText('Connected');
  await anna.click(screen.getByRole('button', { name: 'Log anna out' }));
  await screen.findByRole('button', { name: 'Log in' });

  reloaded.unmount();
  requests.splice(0);
  await renew();
  expect(requests).toEqual(['POST /api/v1/token']);
  expect(getUserId()).toBeNull();
});

test('the page of Next.js waits for its parameters', async () => {
  const { listId } = await newList();
  await show(await Page({ params: Promise.resolve({ id: listId }) }));
  await waitFor(() => expect(lines()).toEqual(['Kite (idea)']));
});

// Guarantees: B7
test('a page that a server has read first', async () => {
  const { listId, kite } = await newList();
  await show(null);
  vi.stubEnv('API_URL', server.url);
  request.cookies = cookie;
  const page = await PrefetchedPage({ params: Promise.resolve({ id: listId }) });
  expect(getQueryClient().getQueryData(['list-items', listId])).toMatchObject([{ id: kite.id }]);
  expect(reads(), 'the page has asked for nothing').toEqual([]);
  cleanup();
  render(<Providers>{page}</Providers>);
  expect(lines()).toEqual(['Kite (idea)']);
  await screen.findByText('Kite (idea)');
  await waitFor(() => expect(reads()).toHaveLength(1));
  await ben('PATCH', `/list-items/${kite.id}`, { ...kite, status: 'selected' });
  await waitFor(() => expect(lines()).toEqual(['Kite (selected)']));
  vi.unstubAllEnvs();
});

test('a list with real-time updates', async () => {
  const { listId } = await newList();
  function Names() {
    return useListItems(listId).data?.map(({ id, name }) => <li key={id}>{name}</li>);
  }
  await show(<Names />);
  await waitFor(() => expect(lines()).toEqual(['Kite']));
  await ben('POST', '/list-items', { list_id: listId, name: 'Socks' });
  await waitFor(() => expect(lines().sort()).toEqual(['Kite', 'Socks']));
});

test('events written into the cache: no fetch but the first', async () => {
  const { listId, kite } = await newList();
  function Names() {
    return useListItemsDirectly(listId).data?.map(({ id, name }) => <li key={id}>{name}</li>);
  }
  await show(<Names />);
  await waitFor(() => expect(lines()).toEqual(['Kite']));
  await ben('PATCH', `/list-items/${kite.id}`, { ...kite, name: 'Dragon' });
  await ben('POST', '/list-items', { list_id: listId, name: 'Socks' });
  await waitFor(() => expect(lines().sort()).toEqual(['Dragon', 'Socks']));
  expect(reads()).toEqual([`GET /api/v1/list-items?list_id=${listId}`]);
});

test('an optimistic update, and one that is refused', async () => {
  const { listId, kite } = await newList();
  function Names() {
    const { data } = useListItems(listId);
    const { update, error } = useUpdate();
    const rename = (name: string) => update({ ...kite, name });
    return (
      <>
        {data?.map(({ id, name }) => (
          <li key={id}>{name || 'without a name'}</li>
        ))}
        <button onClick={() => rename('Dragon')}>Dragon</button>
        <button onClick={() => rename('')}>Nothing</button>
        {error && <p role="alert">{error.message}</p>}
      </>
    );
  }
  await show(<Names />);
  await waitFor(() => expect(lines()).toEqual(['Kite']));

  await anna.click(screen.getByRole('button', { name: 'Dragon' }));
  expect(lines()).toEqual(['Dragon']);
  await waitFor(() => expect(requests.at(-1)).not.toContain('PATCH'));
  expect(lines()).toEqual(['Dragon']);

  await anna.click(screen.getByRole('button', { name: 'Nothing' }));
  expect((await screen.findByRole('alert')).textContent).toBe('name: must not be empty');
  await waitFor(() => expect(lines()).toEqual(['Dragon']));
});

test('a summary counts what is added, after a while, and nothing else', async () => {
  const { listId, kite } = await newList();
  await show(<Summary listId={listId} />);
  await screen.findByText('1 gifts');
  const before = reads().length;
  await ben('PATCH', `/list-items/${kite.id}`, { ...kite, status: 'selected' });
  await ben('POST', '/list-items', { list_id: listId, name: 'Socks' });
  await ben('POST', '/list-items', { list_id: listId, name: 'Book' });
  await screen.findByText('3 gifts');
  expect(reads()).toHaveLength(before + 1);
});

test('the low-level hook', async () => {
  const { listId, kite } = await newList();
  await show(<EventLog topic={`list-items:${listId}`} />);
  await screen.findByText('The connection is connected.');
  await waitFor(async () => {
    await ben('PATCH', `/list-items/${kite.id}`, { ...kite, status: 'received' });
    expect(screen.getByText(new RegExp(`UPDATED ${kite.id}`))).toBeDefined();
  });
  await anna.click(screen.getByRole('button', { name: 'Disconnect' }));
  await screen.findByText('The connection is disconnected.');
  await anna.click(screen.getByRole('button', { name: 'Connect' }));
  await screen.findByText('The connection is connected.');
});

test('a handler behind a schema: events by their kind, and nothing before the first fetch', async () => {
  const { listId, kite } = await newList();
  const queryKey = ['items', listId];
  function Names() {
    const path = `/list-items?list_id=${listId}`;
    const { data } = useQuery({ queryKey, queryFn: () => apiClient.get<ListItem[]>(path) });
    useRealtimeSync({ topic: `list-items:${listId}`, queryKey, onEvent: onItem });
    return data?.map(({ id, name }) => <li key={id}>{name}</li>);
  }
  await show(<Names />);
  await waitFor(() => expect(lines()).toEqual(['Kite']));
  await ben('POST', '/list-items', { list_id: listId, name: 'Socks' });
  await ben('PATCH', `/list-items/${kite.id}`, { ...kite, name: 'Dragon' });
  await waitFor(() => expect(lines().sort()).toEqual(['Dragon', 'Socks']));
  expect(reads()).toHaveLength(1);
});

/** An event as the handlers get it, and the query it concerns. */
const eventOf = (event: WSEventType, item: ListItem): WSEvent<ListItem> => ({
  topic: `list-items:${item.list_id}`,
  event,
  data: { entity_id: item.id, payload: item, user_id: 'ben', timestamp: '2026-01-01T00:00:00Z' },
});

test('a handler behind a schema replaces, removes, and leaves alone what is not there', () => {
  const queryClient = new QueryClient();
  const queryKey = ['items', '1'];
  const [kite, ball, socks] = ['Kite', 'Ball', 'Socks'].map((name, id): ListItem => ({
    id: String(id),
    list_id: '1',
    name,
    status: 'idea',
  })) as [ListItem, ListItem, ListItem];
  const names = () => queryClient.getQueryData<ListItem[]>(queryKey)?.map(({ name }) => name);

  onItem(eventOf('ADDED', kite), queryClient);
  expect(queryClient.getQueryState(queryKey)?.data).toBeUndefined();

  queryClient.setQueryData(queryKey, [kite, ball]);
  onItem(eventOf('UPDATED', { ...kite, name: 'Red kite' }), queryClient);
  expect(names()).toEqual(['Red kite', 'Ball']);
  onItem(eventOf('ADDED', socks), queryClient);
  onItem(eventOf('ADDED', socks), queryClient);
  expect(names()).toEqual(['Red kite', 'Ball', 'Socks']);
  onItem(eventOf('DELETED', ball), queryClient);
  onItem(eventOf('DELETED', ball), queryClient);
  expect(names()).toEqual(['Red kite', 'Socks']);

  const odd = { ...kite, name: 7 } as unknown as ListItem;
  expect(() => onItem(eventOf('UPDATED', odd), queryClient)).toThrow('field name');
  expect(names()).toEqual(['Red kite', 'Socks']);
});

test('who else is here, and a wave', async () => {
  const { listId } = await newList();
  const topic = `list-items:${listId}`;
  await show(<Companions listId={listId} />);
  await screen.findByText('Here: anna');

  const bens = createClient({ getToken: () => 'bens-token', identity: 'ben' });
  bens.connect();
  const heard: Signal<unknown>[] = [];
  watchPresence(bens, topic, () => {});
  onSignal(bens, topic, (signal) => heard.push(signal));
  await screen.findByText('Here: anna, ben');

  expect(sendSignal(bens, topic, { text: 'hi' })).toBe(true);
  await screen.findByText('ben: hi');
  await anna.click(screen.getByRole('button', { name: 'Wave' }));
  await waitFor(() => expect(heard).toMatchObject([{ user_id: 'anna', data: { text: 'hello' } }]));
  bens.disconnect();
  await screen.findByText('Here: anna');
});

test('options', async () => {
  const log = vi.spyOn(console, 'debug').mockReturnValue();
  const url = process.env.NEXT_PUBLIC_WS_URL ?? '';
  await show(
    <Tuned url={url}>
      <EventLog topic="list-items:1" />
    </Tuned>,
  );
  await screen.findByText('The connection is connected.');
  expect(log).toHaveBeenCalledWith('[tidings]', 'connecting to', url);
  expect(JSON.stringify(log.mock.calls)).not.toContain('annas-token');
});

test('a handler that only logs takes nothing away', async () => {
  const { listId, kite } = await newList();
  const log = vi.spyOn(console, 'log').mockReturnValue();
  await show(
    <>
      <DebugSync listId={listId} />
      <ListDetailPage params={{ id: listId }} />
    </>,
  );
  await waitFor(() => expect(lines()).toEqual(['Kite (idea)']));
  await ben('PATCH', `/list-items/${kite.id}`, { ...kite, status: 'selected' });
  await waitFor(() => expect(lines()).toEqual(['Kite (selected)']));
  expect(log).toHaveBeenCalledWith('Received:', expect.objectContaining({ event: 'UPDATED' }));
});

test('what may not be read is not shown, and the server says no at once', async () => {
  setSession({ user_id: 'ben', access_token: 'bens-token', expires_in: 300 });
  render(
    <Providers>
      <ListDetailPage params={{ id: 'secret' }} />
    </Providers>,
  );
  await waitFor(() => expect(reads()).toEqual(['GET /api/v1/list-items?list_id=secret']));
  const refused = await new Promise((resolve) => {
    const bens = createClient({ getToken: () => 'bens-token', identity: 'ben' });
    bens.connect();
    bens.subscribe('list-items:secret', () => {}, {
      onError: ({ code }) => {
        resolve(code);
        bens.disconnect();
      },
    });
  });
  expect(refused).toBe('forbidden');
  expect(lines()).toEqual([]);
});
