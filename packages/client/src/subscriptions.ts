import { tellAnswer } from './answers';
import {
  DUE,
  LATER,
  unsettle,
  type Entry,
  type Listener,
  type Roster,
  type SubscribeOptions,
} from './entries';
import { SubscriptionError } from './errors';
import { guard } from './guard';
import { positionOf } from './positions';
import { askSoon, lingerIfUnused, remove } from './questions';
import { topicProblem } from './topic';
import type { SignalOptions, WSEvent } from './types';

/** What is no topic reaches the console and its own listener, once the caller has its undo. */
function refuse(topic: string, problem: string, onError: SubscribeOptions['onError']): () => void {
  const error = new SubscriptionError(topic, 'invalid_topic', `topic "${topic}": ${problem}`);
  console.error('[tidings]', error.message);
  queueMicrotask(() => onError?.(error));
  return () => {};
}

function join(roster: Roster, alias: string, listener: Listener): Entry {
  const entry: Entry = roster.byAlias.get(alias) ?? {
    roster,
    alias,
    subscribers: new Set(),
    // Without what else the object may hold: the server refuses what it does not know.
    cursor: positionOf(listener.since ?? {}),
  };
  roster.byAlias.set(alias, entry);
  entry.subscribers.add(listener);
  if (entry.question !== LATER) clearTimeout(entry.timer);
  const isUnasked = !entry.isLive && entry.question === undefined;
  if (isUnasked || listener.presence) askSoon(entry);
  return entry;
}

/** Listens to a topic; returns the undo. */
export function subscribe(
  roster: Roster,
  topic: string,
  onEvent: (event: WSEvent) => void,
  options: SubscribeOptions = {},
): () => void {
  const listener: Listener = { ...options, onEvent };
  const problem = topicProblem(topic);
  if (problem) return refuse(topic, problem, listener.onError);
  const entry = join(roster, topic, listener);
  const { subscribers } = entry;
  // Not before the caller has its undo in hand.
  queueMicrotask(() => {
    if (entry.isLive && !listener.answered && subscribers.has(listener))
      guard(topic, () => tellAnswer(entry, listener, 'joined'));
  });
  return () => {
    if (!subscribers.delete(listener)) return;
    if (listener.presence && subscribers.size) askSoon(entry);
    lingerIfUnused(entry);
  };
}

/** Another user: positions mean nothing any more. */
export const forgetPositions = (roster: Roster): void => roster.byAlias.forEach(unsettle);

/** The client stops: nothing lingers. */
export function stopAll(roster: Roster): void {
  roster.lingers = false;
  for (const entry of [...roster.byAlias.values()]) {
    clearTimeout(entry.timer);
    entry.question = DUE;
    if (!entry.subscribers.size) remove(entry);
  }
}

/** Sends a signal; false when the topic is not live. */
export function signal(
  { byAlias, send }: Roster,
  topic: string,
  data: unknown,
  { entity }: SignalOptions = {},
): boolean {
  const isLive = byAlias.get(topic)?.isLive === true;
  if (isLive) send({ action: 'signal', topic, data, entity });
  return isLive;
}
