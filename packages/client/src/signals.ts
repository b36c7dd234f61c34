import type { TidingsClient } from './client';
import { MAX_TOPIC_PART, topicProblem } from './topic';
import type { SignalOptions } from './types';

/** How many signals a client sends a second in the long run: half of what the server takes in all. */
export const SIGNALS_PER_SECOND = 10;

/** How many signals a client may send at once. */
export const SIGNAL_BURST = 20;

/** The most bytes of a signal's data, as JSON. */
export const MAX_SIGNAL_BYTES = 4096;

/** The most bytes of an entity's id. */
export const MAX_ENTITY_BYTES = MAX_TOPIC_PART;

/** Something fleeting that another subscriber of a topic sent. */
export interface Signal<T = unknown> {
  /** The topic as it was asked for. */
  topic: string;
  /** Whose it is; another tab of the same user's is among them. */
  user_id: string;
  /** What it is about, where its sender named that. */
  entity?: string | undefined;
  data: T;
}

/** What one client has to send, and how much of its allowance is left. */
interface Outbox {
  allowance: number;
  /** When the allowance was reckoned. */
  at: number;
  /** The newest signal of each topic and entity that has to wait. */
  queued: Map<string, Parameters<TidingsClient['signal']>>;
  /** Gives up what waits. */
  stop: () => void;
}

const outboxes = new WeakMap<TidingsClient, Outbox>();

function outboxOf(client: TidingsClient): Outbox {
  let outbox = outboxes.get(client);
  if (!outbox) {
    outbox = { allowance: SIGNAL_BURST, at: Date.now(), queued: new Map(), stop: () => {} };
    outboxes.set(client, outbox);
  }
  return outbox;
}

/** Takes one signal from the allowance; false when there is none. */
function take(outbox: Outbox): boolean {
  const now = Date.now();
  // A clock that is set back takes nothing away.
  const earned = (Math.max(0, now - outbox.at) / 1000) * SIGNALS_PER_SECOND;
  outbox.allowance = Math.min(SIGNAL_BURST, outbox.allowance + earned);
  outbox.at = now;
  if (outbox.allowance < 1) return false;
  outbox.allowance--;
  return true;
}

/** Sends what waits as the allowance comes in; forgets it when the connection is lost. */
function drain(client: TidingsClient, outbox: Outbox): void {
  const { queued } = outbox;
  const timer = setInterval(() => {
    for (const [key, signal] of queued) {
      if (!take(outbox)) return;
      queued.delete(key);
      client.signal(...signal);
    }
    outbox.stop();
  }, 1000 / SIGNALS_PER_SECOND);
  const unwatch = client.onStatus(() => client.getStatus().state === 'connected' || outbox.stop());
  outbox.stop = () => {
    clearInterval(timer);
    unwatch();
    queued.clear();
  };
}

function checkSize(data: unknown): void {
  const json = JSON.stringify(data) as string | undefined;
  if (json === undefined) throw new TypeError('data: not JSON');
  // Its bytes in UTF-8; older React Natives have no TextEncoder.
  const size = encodeURIComponent(json).replace(/%../g, '.').length;
  if (size > MAX_SIGNAL_BYTES)
    throw new TypeError(`data: ${size} bytes of at most ${MAX_SIGNAL_BYTES}`);
}

function checkEntity(entity: string | undefined): void {
  // An entity's id has the form of a topic's.
  if (entity !== undefined && topicProblem(`of:${entity}`))
    throw new TypeError(`entity: ${entity} is no id; want [A-Za-z0-9._~-]{1,${MAX_ENTITY_BYTES}}`);
}

/**
 * Sends a signal to others who may know of the user, at the pace that the server allows: beyond it
 * the newest signal of each topic and entity waits for its turn, in the place of an older one that
 * waited.
 *
 * @param data - JSON of at most {@link MAX_SIGNAL_BYTES}; anything else is a TypeError.
 * @param options - The `entity` that it is about; what is no id is a TypeError.
 * @returns False when the topic is not subscribed to right now: nobody hears it, and it is not kept.
 */
export function sendSignal(
  client: TidingsClient,
  topic: string,
  data: unknown,
  options: SignalOptions = {},
): boolean {
  checkSize(data);
  checkEntity(options.entity);
  const outbox = outboxOf(client);
  if (!outbox.queued.size && take(outbox)) return client.signal(topic, data, options);
  if (client.getStatus().state !== 'connected') return false;
  if (!outbox.queued.size) drain(client, outbox);
  outbox.queued.set(`${topic} ${options.entity ?? ''}`, [topic, data, options]);
  return true;
}

/**
 * Listens to a topic's signals, and so makes it possible to send some.
 *
 * @returns The undo.
 */
export function onSignal<T = unknown>(
  client: TidingsClient,
  topic: string,
  handler: (signal: Signal<T>) => void,
): () => void {
  return client.subscribe(topic, () => {}, {
    onMessage(message) {
      if (message.type !== 'signal') return;
      const { topic: name, user_id, entity, data } = message;
      handler({ topic: name, user_id, entity, data: data as T });
    },
  });
}
