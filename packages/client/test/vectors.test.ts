// What both ends of the protocol agree on, as data: the Go tests read the same files.

import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { decode } from '../src/codec';
import { CLOSE_CODES } from '../src/codes';
import { topicProblem } from '../src/index';
import { closeAction } from '../src/reconnect';

const PROTOCOL = new URL('../../../protocol/', import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, PROTOCOL), 'utf8'));

const topics = read('vectors/topics.json') as { topic: string; valid: boolean }[];
const messages = read('vectors/messages.json') as { kind: string; frame: string }[];
const { closes } = read('codes.json') as { closes: { code: number; reconnect: string }[] };

describe('topics (R-30)', () => {
  test.each(topics)('$topic: $valid', ({ topic, valid }) => {
    expect(topicProblem(topic) === undefined).toBe(valid);
  });
});

describe('messages', () => {
  test.each(messages)('$kind: $frame', ({ kind, frame }) => {
    const message = JSON.parse(frame) as { type?: string };
    expect(decode(frame)).toEqual(message);
    // An event has no type; a type that the client does not know is passed over.
    const type = { event: undefined, ignored: 'weather' }[kind] ?? kind;
    expect(message.type).toBe(kind === 'event' ? undefined : type);
  });

  test.each([
    '',
    'hello',
    'null',
    '7',
    '[]',
    '{}',
    '{"topic":"a:b"}',
    '{"topic":"a:b","event":"UPDATED"}',
  ])('not understood: %s', (frame) => expect(decode(frame)).toBeUndefined());
});

describe('close codes (R-72)', () => {
  test.each(closes)('$code: $reconnect', ({ code, reconnect }) => {
    expect(CLOSE_CODES[code]?.reconnect).toBe(reconnect);
    expect(closeAction(code)).toBe(reconnect);
  });

  test.each([
    [3499, 'backoff'],
    [3999, 'never'],
    [4000, 'backoff'],
    [4499, 'backoff'],
    [4500, 'never'],
    [4999, 'never'],
    [1015, 'backoff'],
  ])('%i, unknown: %s', (code, action) => expect(closeAction(code)).toBe(action));
});
