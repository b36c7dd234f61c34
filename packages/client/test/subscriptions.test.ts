import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { BURST_MS, LINGER_MS, MAX_TOPICS_PER_FRAME, PACE_MS } from '../src/questions';
import { listen, pass, setUp } from './harness';

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

async function connected(...args: Parameters<typeof setUp>) {
  const all = setUp(...args);
  all.client.connect();
  await pass();
  return all;
}

describe('counting', () => {
  test('one topic, many handlers: asked once, each hears, the last one out ends it', async () => {
    const { client, server } = await connected();
    const a = listen(client, 'list:1');
    const b = listen(client, 'list:1');
    await pass();
    server.publish('list:1');
    await pass();
    a.undo();
    a.undo();
    server.publish('list:1');
    await pass(LINGER_MS * 2);
    expect(a.seqs()).toEqual([1]);
    expect(b.seqs()).toEqual([1, 2]);
    expect(server.asked).toHaveLength(1);
    expect(server.framesOf('unsubscribe')).toHaveLength(0);
    b.undo();
    await pass(LINGER_MS * 2);
    expect(server.framesOf('unsubscribe')).toEqual([{ action: 'unsubscribe', topics: ['list:1'] }]);
    client.disconnect();
    await pass();
  });

  test('a topic left and joined again within the linger stays subscribed', async () => {
    const { client, server } = await connected();
    listen(client, 'list:1').undo();
    await pass(LINGER_MS / 2);
    server.publish('list:1');
    await pass();
    const again = listen(client, 'list:1');
    await pass(LINGER_MS * 2);
    expect(again.answers).toEqual(['joined@1']);
    expect(server.asked).toHaveLength(1);
    again.undo();
    client.disconnect();
    await pass();
  });

  test('answers of an earlier question are not taken for the latest', async () => {
    const { client, server } = await connected();
    server.latencyMs = LINGER_MS * 2;
    const a = listen(client, 'list:1');
    await pass();
    a.undo();
    await pass(LINGER_MS);
    server.publish('list:1');
    const b = listen(client, 'list:1');
    await pass(LINGER_MS * 10);
    expect(a.answers).toEqual([]);
    expect(b.answers).toEqual(['first@1']);
    client.disconnect();
    await pass(LINGER_MS * 10);
  });

  test('nothing lingers after disconnect()', async () => {
    const { client } = await connected();
    const a = listen(client, 'list:1');
    await pass();
    client.disconnect();
    a.undo();
    await pass(5);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('thousands of topics', () => {
  /** The most bytes that the server takes in one message: R-1. */
  const MAX_FRAME_BYTES = 64 * 1024;
  const longest = (i: number) => `${'t'.repeat(128)}:${String(i).padStart(128, 'x')}`;

  test('resubscribe in a few frames, within the limits however long the names', async () => {
    const { client, server } = await connected();
    for (let i = 0; i < 3000; i++) {
      server.log(longest(i)).epoch = 'e'.repeat(64);
      client.subscribe(longest(i), () => {});
    }
    await pass();
    const frames = server.framesOf('subscribe');
    expect(server.asked).toHaveLength(3000);
    expect(frames.length).toBeLessThanOrEqual(20);
    server.socket.end();
    await pass();
    expect(server.asked).toHaveLength(6000);
    for (const frame of server.framesOf('subscribe')) {
      expect(frame.topics?.length).toBeLessThanOrEqual(MAX_TOPICS_PER_FRAME);
      expect(JSON.stringify(frame).length).toBeLessThanOrEqual(MAX_FRAME_BYTES);
    }
    client.disconnect();
    await pass();
  });

  test('are left in a few frames, too', async () => {
    const { client, server } = await connected();
    const undos = Array.from({ length: 1000 }, (_, i) => client.subscribe(longest(i), () => {}));
    await pass();
    for (const undo of undos) undo();
    await pass(LINGER_MS * 2);
    const frames = server.framesOf('unsubscribe');
    expect(frames.length).toBeLessThanOrEqual(7);
    expect(frames.flatMap(({ topics }) => topics)).toHaveLength(1000);
    for (const frame of frames) expect(JSON.stringify(frame).length).toBeLessThan(MAX_FRAME_BYTES);
    expect(server.socket.topics.size).toBe(0);
    client.disconnect();
    await pass();
  });

  test('that come and go one by one, as in a list that is scrolled, keep to the rate', async () => {
    const { client, server } = await connected();
    const before = server.received.length;
    const seconds = 20;
    const undos: (() => void)[] = [];
    for (let i = 0; i < seconds * 40; i++) {
      undos.push(client.subscribe(`row:${i}`, () => {}));
      undos[i - 20]?.();
      await pass(25);
    }
    // 200 messages at once and 20 a second, of which a round takes two.
    const rounds = (seconds * 1000 + BURST_MS) / PACE_MS;
    expect(2 * rounds).toBeLessThan(200 + seconds * 20);
    expect(2000 / PACE_MS).toBeLessThan(20);
    expect(server.received.length - before).toBeLessThanOrEqual(2 * rounds + 2);
    await pass(LINGER_MS * 2);
    expect(server.asked).toHaveLength(seconds * 40);
    expect(server.socket.topics.size).toBe(20);
    client.disconnect();
    await pass();
  });
});

describe('positions', () => {
  test('after a reconnect everything missed arrives, once, in order', async () => {
    const { client, server } = await connected();
    const heard = listen(client, 'list:1');
    await pass();
    server.publish('list:1');
    await pass();
    server.socket.end();
    server.publish('list:1');
    server.publish('list:1');
    await pass(20);
    server.publish('list:1');
    await pass();
    expect(heard.seqs()).toEqual([1, 2, 3, 4]);
    expect(heard.answers).toEqual(['first@0', 'again+@1']);
    client.disconnect();
    await pass();
  });

  test('history that is gone is told, and it goes on from the head', async () => {
    const { client, server } = await connected();
    const heard = listen(client, 'list:1');
    await pass();
    server.socket.end();
    server.publish('list:1');
    server.trim('list:1');
    await pass(20);
    server.publish('list:1');
    await pass();
    expect(heard.answers).toEqual(['first@0', 'again@1']);
    expect(heard.seqs()).toEqual([2]);
    client.disconnect();
    await pass();
  });

  // Guarantees: S4
  test('duplicates are dropped, a gap is filled by asking again', async () => {
    const { client, server } = await connected();
    const heard = listen(client, 'list:1');
    await pass();
    const first = server.publish('list:1');
    server.socket.deliver(first);
    server.socket.topics.clear();
    server.publish('list:1');
    server.socket.topics.add('list:1');
    server.publish('list:1');
    await pass();
    server.publish('list:1');
    await pass();
    expect(heard.seqs()).toEqual([1, 2, 3, 4]);
    expect(server.asked.at(-1)?.since).toEqual({ epoch: 'e0', seq: 1 });
    client.disconnect();
    await pass();
  });

  test('a new epoch is a resync', async () => {
    const { client, server } = await connected();
    const heard = listen(client, 'list:1');
    server.publish('list:1');
    await pass();
    server.newEpoch('list:1');
    server.publish('list:1');
    await pass();
    server.publish('list:1');
    await pass();
    expect(heard.answers).toEqual(['first@1', 'again@1']);
    expect(heard.events.map((event) => event.epoch)).toEqual(['e1']);
    client.disconnect();
    await pass();
  });

  test('a resync frame moves the position and tells the handlers', async () => {
    const { client, server } = await connected();
    const heard = listen(client, 'list:1');
    await pass();
    server.log('list:1').floor = 40;
    server.socket.deliver({
      type: 'resync',
      topic: 'list:1',
      epoch: 'e0',
      seq: 40,
      reason: 'lagging',
    });
    server.publish('list:1');
    await pass();
    expect(heard.answers).toEqual(['first@0', 'resync@40']);
    expect(heard.seqs()).toEqual([41]);
    client.disconnect();
    await pass();
  });

  test.each([
    [2, 0],
    [0, 2],
  ])('two that begin at once, at %d and %d: only one of them is resumed', async (one, other) => {
    const { client, server } = await connected();
    for (let v = 1; v <= 3; v++) server.publish('list:1', { v });
    const recovered: Record<number, boolean> = {};
    for (const seq of [one, other]) {
      client.subscribe('list:1', () => {}, {
        since: { epoch: 'e0', seq },
        onSubscribed: (answer) => (recovered[seq] = answer.recovered),
      });
    }
    await pass();
    expect(recovered).toEqual({ [one]: true, [other]: false });
    client.disconnect();
    await pass();
  });

  test('since: a position held from elsewhere is resumed from', async () => {
    const { client, server } = await connected();
    for (let i = 0; i < 3; i++) server.publish('list:1');
    const seqs: (number | undefined)[] = [];
    client.subscribe('list:1', (event) => seqs.push(event.seq), { since: { epoch: 'e0', seq: 1 } });
    await pass();
    expect(seqs).toEqual([2, 3]);
    client.disconnect();
    await pass();
  });
});

describe('names', () => {
  test('two names of one topic: each hears under its own, counted apart', async () => {
    const { client, server } = await connected();
    server.aliases.set('list-item:list-1', 'list-items:1');
    const own = listen(client, 'list-items:1');
    const alias = listen(client, 'list-item:list-1');
    await pass();
    server.publish('list-items:1');
    await pass();
    expect(own.events.map((event) => event.topic)).toEqual(['list-items:1']);
    expect(alias.events.map((event) => event.topic)).toEqual(['list-item:list-1']);
    own.undo();
    await pass(LINGER_MS * 2);
    expect(server.framesOf('unsubscribe')).toHaveLength(0);
    server.publish('list-items:1');
    await pass();
    expect(alias.seqs()).toEqual([1, 2]);
    alias.undo();
    await pass(LINGER_MS * 2);
    expect(server.framesOf('unsubscribe')).toHaveLength(1);
    client.disconnect();
    await pass();
  });

  test.each([
    'list-items:undefined',
    'x:null',
    'x:NaN',
    'nocolon',
    'Upper:1',
    'a:b c',
    `a:${'x'.repeat(129)}`,
  ])('%s is an error, and nothing is sent', async (topic) => {
    const complain = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { client, server } = await connected();
    const heard = listen(client, topic);
    await pass();
    expect(heard.errors).toEqual(['invalid_topic']);
    expect(complain).toHaveBeenCalledOnce();
    expect(server.asked).toHaveLength(0);
    heard.undo();
    client.disconnect();
    await pass();
  });
});

describe('refusals', () => {
  test('a forbidden topic is told to its handlers, and asked again on the next connection', async () => {
    const { client, server } = await connected();
    server.forbidden.add('list:1');
    const heard = listen(client, 'list:1');
    await pass(60_000);
    expect(heard.errors).toEqual(['forbidden']);
    expect(server.asked).toHaveLength(1);
    server.forbidden.clear();
    server.socket.end();
    await pass();
    expect(heard.answers).toEqual(['first@0']);
    client.disconnect();
    await pass();
  });

  test('revoked while live, and forbidden on resume: the same word to the handler', async () => {
    const { client, server } = await connected();
    const a = listen(client, 'list:1');
    const b = listen(client, 'list:2');
    await pass();
    server.revoke('list:1');
    await pass();
    expect(a.errors).toEqual(['revoked']);
    server.socket.end();
    server.forbidden.add('list:2');
    await pass();
    expect(b.errors).toEqual(['revoked']);
    client.disconnect();
    await pass();
  });

  test('a topic that has another name of its own now is asked for again, without a position', async () => {
    const { client, server } = await connected();
    const heard = listen(client, 'list:1');
    await pass();
    server.rename('list:1', 'list:1~anna');
    await pass();
    expect(heard.errors).toEqual([]);
    expect(heard.answers).toEqual(['first@0', 'again@0']);
    expect(server.asked.at(-1)).toEqual({ topic: 'list:1' });
    server.publish('list:1~anna', {});
    await pass();
    expect(heard.seqs()).toEqual([1]);
    client.disconnect();
    await pass();
  });

  test('a temporary refusal is asked again after retry_after_ms', async () => {
    const { client, server } = await connected();
    server.mute = true;
    const heard = listen(client, 'list:1');
    await pass();
    const ref = server.framesOf('subscribe')[0]?.ref;
    server.socket.deliver({
      type: 'error',
      topic: 'list:1',
      ref,
      code: 'rate_limited',
      message: '',
      retry_after_ms: 5000,
    });
    server.mute = false;
    await pass(4900);
    expect(heard.answers).toEqual([]);
    await pass(200);
    expect(heard.answers).toEqual(['first@0']);
    client.disconnect();
    await pass();
  });
});

test('a whole frame refused for its rate is sent again later', async () => {
  const { client, server } = await connected();
  server.mute = true;
  const a = listen(client, 'list:1');
  const b = listen(client, 'list:2');
  await pass();
  const ref = server.framesOf('subscribe')[0]?.ref;
  server.socket.deliver({
    type: 'error',
    ref,
    code: 'rate_limited',
    message: '',
    retry_after_ms: 500,
  });
  server.mute = false;
  await pass(520);
  expect([...a.answers, ...b.answers]).toEqual(['first@0', 'first@0']);
  expect(client.getStatus().state).toBe('connected');
  client.disconnect();
  await pass();
});

describe('retry_after_ms of a topic', () => {
  async function limited(topic: string) {
    const { client, server } = await connected();
    server.mute = true;
    const heard = listen(client, topic);
    await pass();
    const { ref } = server.framesOf('subscribe')[0] ?? {};
    const code = 'rate_limited';
    server.socket.deliver({ type: 'error', topic, ref, code, message: '', retry_after_ms: 9000 });
    server.mute = false;
    await pass();
    expect(heard.errors).toEqual([code]);
    return { client, server, heard, asks: () => server.asked.length };
  }

  test('holds for new subscribers, too', async () => {
    const { client, heard, asks } = await limited('list:1');
    const second = listen(client, 'list:1');
    await pass(8900);
    expect(asks()).toBe(1);
    await pass(200);
    expect(asks()).toBe(2);
    expect([...heard.answers, ...second.answers]).toEqual(['first@0', 'first@0']);
    client.disconnect();
    await pass();
  });

  test('and for subscribers that come back after all had left', async () => {
    const { client, heard, asks } = await limited('list:1');
    heard.undo();
    await pass(LINGER_MS * 2);
    const back = listen(client, 'list:1');
    await pass(5000);
    expect(asks()).toBe(1);
    await pass(2000);
    expect(back.answers).toEqual(['first@0']);
    expect(asks()).toBe(2);
    client.disconnect();
    await pass();
  });

  test('outlives the connection, and ends with nobody left', async () => {
    const { client, server, heard, asks } = await limited('list:1');
    vi.spyOn(Math, 'random').mockReturnValue(0);
    server.socket.end();
    await pass(1000);
    expect(client.getStatus().state).toBe('connected');
    expect(asks()).toBe(1);
    heard.undo();
    await pass(9000);
    expect(asks()).toBe(1);
    expect(server.framesOf('unsubscribe')).toEqual([]);
    client.disconnect();
    await pass();
  });
});

test('the refusal of something else is not taken for that of the subscription', async () => {
  const { client, server } = await connected();
  const heard = listen(client, 'list:1');
  await pass();
  server.socket.deliver({ type: 'error', topic: 'list:1', code: 'not_subscribed', message: '' });
  server.publish('list:1');
  await pass();
  expect(heard.errors).toEqual([]);
  expect(heard.seqs()).toEqual([1]);
  client.disconnect();
  await pass();
});

describe('handlers', () => {
  test('one that throws hurts nobody else', async () => {
    const complain = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { client, server } = await connected();
    client.subscribe('list:1', () => {
      throw new Error('mine');
    });
    const other = listen(client, 'list:1');
    await pass();
    server.publish('list:1');
    server.publish('list:1');
    await pass();
    expect(other.seqs()).toEqual([1, 2]);
    expect(complain).toHaveBeenCalledTimes(2);
    client.disconnect();
    await pass();
  });

  test('may subscribe, unsubscribe and disconnect from within', async () => {
    const { client, server } = await connected();
    const heard: string[] = [];
    const second = listen(client, 'list:1');
    const undo = client.subscribe('list:1', () => {
      heard.push('once');
      undo();
      second.undo();
      client.subscribe('list:2', () => {
        heard.push('nested');
        client.disconnect();
      });
    });
    await pass();
    server.publish('list:1');
    await pass();
    server.publish('list:2');
    await pass();
    expect(heard).toEqual(['once', 'nested']);
    expect(client.getStatus().state).toBe('disconnected');
    await pass(LINGER_MS * 2);
  });

  test('control frames never reach a handler; unknown ones are ignored', async () => {
    const { client, server } = await connected();
    const heard = listen(client, 'list:1');
    await pass();
    server.socket.deliver({ type: 'presence', topic: 'list:1', event: 'UPDATED', data: {} });
    server.socket.deliver({ type: 'from-the-future', topic: 'list:1' });
    server.socket.onmessage?.({ data: 'not json' });
    server.socket.onmessage?.({ data: 'null' });
    server.socket.onmessage?.({ data: '{"topic":"list:1"}' });
    await pass();
    expect(heard.events).toEqual([]);
    expect(client.getStatus().state).toBe('connected');
    client.disconnect();
    await pass();
  });
});
