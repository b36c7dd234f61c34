import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { TidingsClient } from '../src/index';
import {
  MAX_ENTITY_BYTES,
  MAX_SIGNAL_BYTES,
  NOBODY,
  onSignal,
  sendSignal,
  SIGNAL_BURST,
  SIGNALS_PER_SECOND,
  watchPresence,
  type Presence,
  type Signal,
} from '../src/presence';
import { LINGER_MS } from '../src/questions';
import { FakeServer, listen, pass, setUp } from './harness';

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const TOPIC = 'list-items:1';

/** Somebody's page. */
async function enter(server: FakeServer, user: string) {
  const { client } = setUp({}, server);
  client.connect();
  await pass();
  const { socket } = server;
  socket.user = user;
  return { client, socket };
}

/** Watches, and keeps the last word. */
function watch(client: TidingsClient, topic = TOPIC) {
  const seen: Presence[] = [];
  const undo = watchPresence(client, topic, (presence) => void seen.push(presence));
  return { seen, undo, now: () => seen.at(-1)?.members.join(' ') };
}

async function leave(...clients: { disconnect: () => void }[]) {
  for (const client of clients) client.disconnect();
  await pass(LINGER_MS * 2);
}

describe('presence', () => {
  test('R-81: who comes and goes is seen, several tabs are one, oneself is included', async () => {
    const server = new FakeServer();
    const anna = await enter(server, 'anna');
    const seen = watch(anna.client);
    await pass();
    expect(seen.now()).toBe('anna');
    const bert = await enter(server, 'bert');
    const tab = await enter(server, 'bert');
    watch(bert.client);
    const other = watch(tab.client);
    await pass();
    expect(seen.now()).toBe('anna bert');
    expect(seen.seen.at(-1)?.count).toBe(2);
    bert.client.disconnect();
    await pass(LINGER_MS * 2);
    expect(seen.now()).toBe('anna bert');
    other.undo();
    await pass(LINGER_MS * 2);
    expect(seen.now()).toBe('anna');
    await leave(anna.client, tab.client);
  });

  test('R-82: a crowd is a number; once it is smaller everyone is named again', async () => {
    const server = new FakeServer();
    const { client, socket } = await enter(server, 'anna');
    const { seen } = watch(client);
    await pass();
    socket.deliver({ type: 'presence', topic: TOPIC, count: 101 });
    await pass();
    expect(seen.at(-1)).toEqual({ members: [], count: 101 });
    socket.deliver({ type: 'presence', topic: TOPIC, members: ['b', 'a'], count: 2 });
    await pass();
    expect(seen.at(-1)).toEqual({ members: ['a', 'b'], count: 2 });
    await leave(client);
  });

  test('nobody is there while there is no connection; everyone again after it', async () => {
    const server = new FakeServer();
    const { client } = await enter(server, 'anna');
    const { seen } = watch(client);
    await pass();
    server.socket.end();
    await pass(1);
    expect(seen.at(-1)).toBe(NOBODY);
    await pass();
    expect(seen.at(-1)?.members).toEqual(['me']);
    await leave(client);
  });

  test('who only reads is not there, and is told nothing', async () => {
    const server = new FakeServer();
    const { client } = await enter(server, 'anna');
    listen(client, TOPIC);
    await pass();
    expect(server.members(TOPIC)).toEqual([]);
    expect(server.asked).toEqual([{ topic: TOPIC }]);
    await leave(client);
  });

  test('joining a live topic asks once more, without a word to those who read it', async () => {
    const server = new FakeServer();
    const { client } = await enter(server, 'anna');
    const reader = listen(client, TOPIC);
    await pass();
    const first = watch(client);
    server.publish(TOPIC);
    await pass();
    server.publish(TOPIC);
    const second = watch(client);
    await pass();
    expect(first.now()).toBe('anna');
    expect(second.now()).toBe('anna');
    expect(reader.answers).toEqual(['first@0']);
    expect(reader.seqs()).toEqual([1, 2]);
    expect(server.asked.map(({ presence }) => presence)).toEqual([undefined, true, true]);
    await leave(client);
  });

  test('who stops watching is gone, and goes on reading', async () => {
    const server = new FakeServer();
    const { client } = await enter(server, 'anna');
    const reader = listen(client, TOPIC);
    const watcher = watch(client);
    await pass();
    watcher.undo();
    server.publish(TOPIC);
    await pass();
    expect(server.members(TOPIC)).toEqual([]);
    expect(reader.answers).toEqual(['first@0']);
    expect(reader.seqs()).toEqual([1]);
    await leave(client);
  });

  test('coming and going while the question is under way ends as wanted', async () => {
    const server = new FakeServer();
    const { client } = await enter(server, 'anna');
    server.latencyMs = 20;
    const reader = listen(client, TOPIC);
    await pass(5);
    const watcher = watch(client);
    await pass(200);
    expect(watcher.now()).toBe('anna');
    watch(client).undo();
    await pass(5);
    watcher.undo();
    await pass(200);
    expect(server.members(TOPIC)).toEqual([]);
    expect(reader.answers).toEqual(['first@0']);
    await leave(client);
  });

  test('a position lost over the question is told', async () => {
    const server = new FakeServer();
    const { client } = await enter(server, 'anna');
    const reader = listen(client, TOPIC);
    await pass();
    server.newEpoch(TOPIC);
    watch(client);
    await pass();
    expect(reader.answers).toEqual(['first@0', 'again@0']);
    await leave(client);
  });

  test('where readers may not know of each other, reading goes on', async () => {
    const server = new FakeServer();
    server.lonely.add(TOPIC);
    const { client } = await enter(server, 'anna');
    const reader = listen(client, TOPIC);
    await pass();
    server.publish(TOPIC);
    await pass();
    const { seen } = watch(client);
    await pass();
    server.publish(TOPIC);
    await pass();
    expect(seen.map(({ error }) => error?.code)).toEqual(['forbidden']);
    expect(reader.seqs()).toEqual([1, 2]);
    expect(reader.errors).toEqual([]);
    await leave(client);
  });

  test('a topic that may not be read at all is refused to both', async () => {
    const server = new FakeServer();
    server.forbidden.add(TOPIC);
    const { client } = await enter(server, 'anna');
    const reader = listen(client, TOPIC);
    const { seen } = watch(client);
    await pass();
    expect(seen.at(-1)?.error?.code).toBe('forbidden');
    expect(reader.errors).toEqual(['forbidden']);
    await leave(client);
  });

  test('revoked: nobody is there', async () => {
    const server = new FakeServer();
    const { client } = await enter(server, 'anna');
    const { seen } = watch(client);
    await pass();
    server.revoke(TOPIC);
    await pass();
    expect(seen.at(-1)).toBe(NOBODY);
    await leave(client);
  });

  test.each([
    ['the alias first', ['alias:1', TOPIC]],
    ['the alias last', [TOPIC, 'alias:1']],
  ])('two names of a topic, one of them watched, %s', async (_, names) => {
    for (const watched of names) {
      const server = new FakeServer();
      server.aliases.set('alias:1', TOPIC);
      const { client } = await enter(server, 'anna');
      const undos = names.map((name) =>
        name === watched ? watch(client, name) : listen(client, name),
      );
      await pass();
      expect(server.members(TOPIC)).toEqual(['anna']);
      undos[names.indexOf(watched)]?.undo();
      await pass(LINGER_MS * 2);
      expect(server.members(TOPIC)).toEqual([]);
      await leave(client);
    }
  });

  test('one more name of a watched topic leaves its user there', async () => {
    const server = new FakeServer();
    server.aliases.set('alias:1', TOPIC);
    const { client } = await enter(server, 'anna');
    watch(client);
    await pass();
    listen(client, 'alias:1');
    await pass();
    expect(server.members(TOPIC)).toEqual(['anna']);
    await leave(client);
  });
});

describe('signals', () => {
  async function pair() {
    const server = new FakeServer();
    const anna = await enter(server, 'anna');
    const bert = await enter(server, 'bert');
    const heard: Signal[] = [];
    onSignal(bert.client, TOPIC, (signal) => void heard.push(signal));
    onSignal(anna.client, TOPIC, () => expect.fail('nobody hears himself'));
    await pass();
    return { server, anna, bert, heard, data: () => heard.map((signal) => signal.data) };
  }

  test('R-80: the others hear them, under the name they asked for', async () => {
    const { anna, bert, heard } = await pair();
    expect(sendSignal(anna.client, TOPIC, { card: 'c1' })).toBe(true);
    await pass();
    expect(heard).toEqual([{ topic: TOPIC, user_id: 'anna', data: { card: 'c1' } }]);
    await leave(anna.client, bert.client);
  });

  test('R-80: what one is about goes out with it, and comes in with it', async () => {
    const { server, anna, bert, heard } = await pair();
    const entity = 'c'.repeat(MAX_ENTITY_BYTES);
    expect(sendSignal(anna.client, TOPIC, 'drag', { entity })).toBe(true);
    expect(anna.client.signal(TOPIC, 'drop', { entity: 'c1' })).toBe(true);
    expect(sendSignal(anna.client, TOPIC, 'wave', {})).toBe(true);
    await pass();
    const user_id = 'anna';
    expect(heard).toEqual([
      { topic: TOPIC, user_id, entity, data: 'drag' },
      { topic: TOPIC, user_id, entity: 'c1', data: 'drop' },
      { topic: TOPIC, user_id, data: 'wave' },
    ]);
    expect(server.framesOf('signal').at(-1)).toEqual({
      action: 'signal',
      topic: TOPIC,
      data: 'wave',
    });
    await leave(anna.client, bert.client);
  });

  test('they pass while presence is being asked for', async () => {
    const { anna, bert, data } = await pair();
    watch(anna.client);
    expect(sendSignal(anna.client, TOPIC, 1)).toBe(true);
    await pass();
    expect(data()).toEqual([1]);
    await leave(anna.client, bert.client);
  });

  test('the pace is kept to, and the last one always goes out', async () => {
    const { server, anna, bert, data } = await pair();
    const sent = 500;
    for (let i = 1; i <= sent; i++) {
      sendSignal(anna.client, TOPIC, i);
      await pass(10);
    }
    await pass(1000);
    const frames = server.framesOf('signal').length;
    expect(frames).toBeLessThanOrEqual(SIGNAL_BURST + 6 * SIGNALS_PER_SECOND);
    expect(frames).toBeGreaterThan(SIGNAL_BURST + 4 * SIGNALS_PER_SECOND);
    expect(data().at(-1)).toBe(sent);
    expect(data()).toEqual([...data()].sort((a, b) => Number(a) - Number(b)));
    await leave(anna.client, bert.client);
  });

  test('each topic has its own last signal', async () => {
    const { anna, bert, data } = await pair();
    onSignal(anna.client, 'list-items:2', () => {});
    onSignal(bert.client, 'list-items:2', ({ data: each }) => void heard2.push(each));
    const heard2: unknown[] = [];
    await pass();
    for (let i = 0; i < SIGNAL_BURST; i++) sendSignal(anna.client, TOPIC, i);
    sendSignal(anna.client, TOPIC, 'a');
    sendSignal(anna.client, 'list-items:2', 'b');
    sendSignal(anna.client, TOPIC, 'c');
    await pass(1000);
    expect(data().slice(SIGNAL_BURST)).toEqual(['c']);
    expect(heard2).toEqual(['b']);
    await leave(anna.client, bert.client);
  });

  test('each entity has its own last signal', async () => {
    const { anna, bert, heard } = await pair();
    for (let i = 0; i < SIGNAL_BURST; i++) sendSignal(anna.client, TOPIC, i);
    sendSignal(anna.client, TOPIC, 'up', { entity: 'c1' });
    sendSignal(anna.client, TOPIC, 'down', { entity: 'c1' });
    sendSignal(anna.client, TOPIC, 'up', { entity: 'c2' });
    await pass(1000);
    expect(heard.slice(SIGNAL_BURST).map(({ entity, data }) => [entity, data])).toEqual([
      ['c1', 'down'],
      ['c2', 'up'],
    ]);
    await leave(anna.client, bert.client);
  });

  test('nothing is kept over a reconnect, nor sent without a connection', async () => {
    const { server, anna, bert, data } = await pair();
    for (let i = 0; i <= SIGNAL_BURST; i++) sendSignal(anna.client, TOPIC, i);
    anna.socket.end();
    await pass(2);
    expect(sendSignal(anna.client, TOPIC, 'lost')).toBe(false);
    expect(anna.client.signal(TOPIC, 'lost')).toBe(false);
    await pass(1000);
    expect(server.open).toHaveLength(2);
    expect(data()).toHaveLength(SIGNAL_BURST);
    expect(sendSignal(anna.client, TOPIC, 'anew')).toBe(true);
    await pass();
    expect(data().at(-1)).toBe('anew');
    await leave(anna.client, bert.client);
  });

  test('not to a topic that is not subscribed to', async () => {
    const { server, anna, bert } = await pair();
    expect(sendSignal(anna.client, 'list-items:9', 1)).toBe(false);
    await pass();
    expect(server.framesOf('signal')).toEqual([]);
    await leave(anna.client, bert.client);
  });

  test('what is no JSON, or too much, is refused by name', async () => {
    const { anna, bert } = await pair();
    const most = 'x'.repeat(MAX_SIGNAL_BYTES - 2);
    expect(sendSignal(anna.client, TOPIC, most)).toBe(true);
    expect(() => sendSignal(anna.client, TOPIC, `${most}x`)).toThrow(
      new TypeError(`data: 4097 bytes of at most 4096`),
    );
    expect(() => sendSignal(anna.client, TOPIC, undefined)).toThrow(TypeError);
    for (const entity of ['', 'a b', 'undefined', 'null', 'NaN', 'x'.repeat(MAX_ENTITY_BYTES + 1)])
      expect(() => sendSignal(anna.client, TOPIC, 1, { entity })).toThrow(
        new TypeError(`entity: ${entity} is no id; want [A-Za-z0-9._~-]{1,128}`),
      );
    await leave(anna.client, bert.client);
  });
});
