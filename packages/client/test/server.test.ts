// Against the real Go server, over a network that breaks.

import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';

import { createClient, type TidingsClient, type WebSocketOptions } from '../src/index';
import { onSignal, sendSignal, watchPresence, type Signal } from '../src/presence';
import { listen } from './harness';
import { Network, RealServer } from './real-server';

const server = new RealServer();
const network = new Network(() => server.port);
let url = '';
let client: TidingsClient;
let topics = 0;

const until = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 30_000, interval: 5 });
const freshTopic = () => `list:${++topics}`;
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

function connect(options: WebSocketOptions = {}): TidingsClient {
  client = createClient({
    url,
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    reconnectInterval: 20,
    reconnectMaxInterval: 200,
    ...options,
  });
  client.connect();
  return client;
}

beforeAll(async () => {
  await server.start();
  url = await network.open();
});
afterEach(() => client.disconnect());
afterAll(async () => {
  await network.close();
  await server.close();
});

test('connects, subscribes, hears, leaves', async () => {
  const topic = freshTopic();
  const heard = listen(connect(), topic);
  await until(() => expect(heard.answers).toEqual(['first@0']));
  expect(await server.sessions()).toBe(1);
  await server.publish(topic, { title: 'Sledge' });
  await until(() => expect(heard.events).toHaveLength(1));
  expect(heard.events[0]).toMatchObject({
    topic,
    event: 'UPDATED',
    data: { entity_id: '1', payload: { title: 'Sledge' } },
    seq: 1,
  });
  client.disconnect();
  await until(async () => expect(await server.sessions()).toBe(0));
});

test('connections cut while events flow: each arrives once, in order', async () => {
  const topic = freshTopic();
  const heard = listen(connect(), topic);
  await until(() => expect(heard.answers).toHaveLength(1));
  for (let i = 1; i <= 100; i++) {
    await server.publish(topic, i);
    if (i % 20 === 0) network.cut();
  }
  await until(() => expect(heard.seqs()).toEqual(upTo(100)));
  expect(heard.answers.length).toBeGreaterThan(1);
});

test('a black hole is noticed within interval + deadline, and nothing is lost in it', async () => {
  const topic = freshTopic();
  const heard = listen(connect({ heartbeatInterval: 100, pongTimeout: 100 }), topic);
  await until(() => expect(heard.answers).toHaveLength(1));
  network.blackHole();
  await server.publish(topic, 1);
  await until(() => expect(client.getStatus().error?.code).toBe('pong_timeout'));
  network.heal();
  network.cut();
  await until(() => expect(heard.seqs()).toEqual([1]));
});

test('the server is killed and comes back: the client resumes from its log', async () => {
  const topic = freshTopic();
  const heard = listen(connect(), topic);
  await until(() => expect(heard.answers).toHaveLength(1));
  await server.publish(topic, 1);
  await until(() => expect(heard.seqs()).toEqual([1]));
  await server.kill();
  await until(() => expect(client.getStatus().state).toBe('reconnecting'));
  await server.start();
  await server.publish(topic, 2);
  await until(() => expect(heard.seqs()).toEqual([1, 2]));
  expect(heard.answers).toEqual(['first@0', 'again+@1']);
});

test('thousands of topics: every one is answered, and again after a reconnect', async () => {
  const names = Array.from({ length: 2000 }, freshTopic);
  connect();
  const all = names.map((name) => listen(client, name));
  await until(() => expect(all.every(({ answers }) => answers.length === 1)).toBe(true));
  network.cut();
  await until(() => expect(all.every(({ answers }) => answers.length === 2)).toBe(true));
});

test('two users know of each other: who is there, and signals about an entity', async () => {
  const topic = freshTopic();
  connect();
  const other = client;
  const here = connect();
  try {
    const heard: Signal[] = [];
    let there = 0;
    onSignal(other, topic, (signal) => void heard.push(signal));
    watchPresence(other, topic, ({ count }) => (there = count));
    watchPresence(here, topic, () => {});
    await until(() => expect(there).toBe(2)); // without users, each session is somebody
    expect(sendSignal(here, topic, { dragging: true }, { entity: 'card-7' })).toBe(true);
    await until(() => expect(heard).toHaveLength(1));
    expect(heard[0]).toMatchObject({ topic, entity: 'card-7', data: { dragging: true } });
  } finally {
    other.disconnect();
  }
});
