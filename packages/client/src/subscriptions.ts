import { createAnswers, tellAnswer, type Answers } from './answers';
import {
  DUE,
  LATER,
  named,
  type Entries,
  type Entry,
  type Listener,
  type SubscribeOptions,
} from './entries';
import { SubscriptionError } from './errors';
import { guard } from './guard';
import { positionOf } from './positions';
import { createQuestions } from './questions';
import { topicProblem } from './topic';
import type { SignalOptions, WSEvent } from './types';

/** How long a topic without handlers stays subscribed, in milliseconds. */
export const LINGER_MS = 1000;

/** The topics in use: who listens, and where each stands. */
export interface Subscriptions extends Answers {
  subscribe: (
    topic: string,
    onEvent: (event: WSEvent) => void,
    options?: SubscribeOptions,
  ) => () => void;
  /** The server is ready: asks for everything. */
  online(): void;
  /** The connection is gone; positions stay. */
  offline(): void;
  /** Another user: positions mean nothing any more. */
  forget(): void;
  /** The client stops: nothing lingers. */
  stop(): void;
  /** Sends a signal; false when the topic is not live. */
  signal: (topic: string, data: unknown, options?: SignalOptions) => boolean;
}

/** What is no topic reaches the console and its own listener, once the caller has its undo. */
function refuse(name: string, problem: string, onError: SubscribeOptions['onError']): () => void {
  const error = new SubscriptionError(name, 'invalid_topic', `topic "${name}": ${problem}`);
  console.error('[tidings]', error.message);
  queueMicrotask(() => onError?.(error));
  return () => {};
}

/** @param send - Puts a frame on the wire; only called between `online` and `offline`. */
export function createSubscriptions(send: (frame: object) => void): Subscriptions {
  const entries: Entries = new Map();
  const questions = createQuestions(entries, send);
  const { askSoon } = questions;
  /** False before the first connection and after the client stopped: then nothing lingers. */
  let lingers = false;

  function remove(entry: Entry): void {
    clearTimeout(entry.timer);
    entries.delete(entry.name);
    const { canonical: topic = entry.name, isLive, question } = entry;
    const others = named(entries, topic);
    if (entry.presence) others.forEach(askSoon);
    // Unless another name of the same topic still needs it.
    if ((isLive || question) && !others.length) questions.leave(topic);
  }

  function lingerIfUnused(entry: Entry): void {
    if (entry.listeners.size || entry.question === LATER) return;
    clearTimeout(entry.timer);
    if (!lingers) return remove(entry);
    entry.timer = setTimeout(() => remove(entry), LINGER_MS);
  }

  function join(name: string, listener: Listener): Entry {
    const entry: Entry = entries.get(name) ?? {
      name,
      listeners: new Set(),
      // Without what else the object may hold: the server refuses what it does not know.
      cursor: positionOf(listener.since ?? {}),
    };
    entries.set(name, entry);
    entry.listeners.add(listener);
    if (entry.question !== LATER) clearTimeout(entry.timer);
    const isUnasked = !entry.isLive && entry.question === undefined;
    if (isUnasked || listener.presence) askSoon(entry);
    return entry;
  }

  return {
    ...createAnswers(entries, askSoon, lingerIfUnused, remove),
    subscribe(name, onEvent, options = {}) {
      const listener: Listener = { ...options, onEvent };
      const problem = topicProblem(name);
      if (problem) return refuse(name, problem, listener.onError);
      const joined = join(name, listener);
      // Not before the caller has its undo in hand.
      queueMicrotask(() => {
        if (!joined.isLive || listener.answered || !joined.listeners.has(listener)) return;
        guard(name, () => tellAnswer(joined, listener, 'joined', false));
      });
      return () => {
        if (!joined.listeners.delete(listener)) return;
        if (listener.presence && joined.listeners.size) askSoon(joined);
        lingerIfUnused(joined);
      };
    },
    online() {
      lingers = true;
      questions.online();
      for (const entry of entries.values()) askSoon(entry);
    },
    offline() {
      questions.offline();
      for (const entry of entries.values()) entry.isLive = false;
    },
    forget() {
      for (const entry of entries.values()) entry.canonical = entry.cursor = undefined;
    },
    stop() {
      lingers = false;
      for (const entry of [...entries.values()]) {
        clearTimeout(entry.timer);
        entry.question = DUE;
        if (!entry.listeners.size) remove(entry);
      }
    },
    signal(topic, data, { entity } = {}) {
      const isLive = entries.get(topic)?.isLive === true;
      if (isLive) send({ action: 'signal', topic, data, entity });
      return isLive;
    },
  };
}
