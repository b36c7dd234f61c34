import type { ControlFrame } from './codec';
import {
  each,
  LATER,
  named,
  presentTopics,
  unsettle,
  type Entry,
  type Listener,
  type Roster,
} from './entries';
import { SubscriptionError } from './errors';
import { covers, positionOf } from './positions';
import { askSoon, lingerIfUnused, remove } from './questions';
import type { AnswerCause, Position, TopicMessage, WSEvent } from './types';

/** How long to wait before asking again for a topic that failed for the moment, in milliseconds. */
export const RETRY_TOPIC_MS = 3000;

/** Says to a listener where its topic stands. */
export function tellAnswer(
  { alias, ownName, cursor }: Entry,
  listener: Listener,
  cause: AnswerCause,
  recovered = false,
): void {
  listener.answered = true;
  listener.onSubscribed?.({
    topic: alias,
    canonical: ownName as string,
    position: cursor as Position,
    recovered,
    cause,
  });
}

function onSubscribed(entry: Entry, frame: ControlFrame): void {
  const head = positionOf(frame);
  const { canonical } = frame;
  if (!head || !canonical) return;
  const isWhole = !!(frame.recovered && entry.cursor);
  // Asked again only for the presence, and events went on: nobody needs to know of it.
  const isQuiet = isWhole && entry.isLive;
  const isNewAlias = !entry.ownName && canonical !== entry.alias;
  const cursor = isWhole ? (entry.cursor as Position) : head;
  Object.assign(entry, { cursor, isLive: true, ownName: canonical });
  if (!isQuiet) {
    each(entry, (listener) => {
      const { answered, since } = listener;
      // Two may begin at once, from different positions: the server was told of one.
      const isFrom = answered || (since?.epoch === cursor.epoch && since.seq === cursor.seq);
      tellAnswer(entry, listener, answered ? 'again' : 'first', isWhole && isFrom);
    });
  }
  // The last name that was asked for decides for all of them.
  if (isNewAlias && presentTopics(entry.roster).has(canonical)) askSoon(entry);
  lingerIfUnused(entry);
}

function onRefused(entry: Entry, frame: ControlFrame): void {
  const { code = 'internal' } = frame;
  const isForbidden = code === 'forbidden';
  // It may be the presence alone that is forbidden: without it the topic may still be read.
  const isOfPresence = isForbidden && entry.isPresent;
  if (isOfPresence) askSoon(entry);
  else if (isForbidden && entry.ownName) return onRevoked(entry);
  else if (code === 'rate_limited' || code === 'internal')
    askLater(entry, frame.retry_after_ms ?? RETRY_TOPIC_MS * (0.5 + Math.random()));
  each(entry, (listener) => {
    if (isOfPresence && !listener.presence) return;
    if (isOfPresence) listener.presence = false;
    listener.onError?.(new SubscriptionError(entry.alias, code, frame.message));
  });
}

/** Those who subscribe meanwhile wait, too. */
function askLater(entry: Entry, delayMs: number): void {
  clearTimeout(entry.timer);
  entry.question = LATER;
  entry.timer = setTimeout(() => {
    entry.question = undefined;
    if (entry.subscribers.size) askSoon(entry);
    else remove(entry);
  }, delayMs);
}

function onRevoked(entry: Entry): void {
  unsettle(entry);
  each(entry, (listener) => {
    listener.answered = false;
    listener.onRevoked?.();
  });
}

function onAnswer(entry: Entry | undefined, frame: ControlFrame): void {
  if (!frame.ref || entry?.question !== frame.ref) return;
  entry.question = undefined;
  if (frame.type === 'error') onRefused(entry, frame);
  else onSubscribed(entry, frame);
}

/** What the server says of a topic without being asked. */
function onNotice(entry: Entry, frame: ControlFrame): void {
  const { type, code } = frame;
  const head = positionOf(frame);
  if (type === 'unsubscribed' && code === 'revoked') onRevoked(entry);
  if (type === 'unsubscribed' && code === 'renamed') {
    // The topic has another name of its own now, with positions of its own.
    unsettle(entry);
    askSoon(entry);
  }
  if (type === 'resync' && head) {
    entry.cursor = head;
    each(entry, (listener) => tellAnswer(entry, listener, 'resync'));
  }
  if (type === 'presence' || type === 'signal')
    each(entry, ({ onMessage }) => onMessage?.({ ...frame, topic: entry.alias } as TopicMessage));
}

function deliver(entry: Entry, event: WSEvent): void {
  const { cursor } = entry;
  const next = positionOf(event);
  if (!entry.isLive || (next && cursor && covers(cursor, next))) return;
  // Of another epoch, or past a gap.
  if (next && cursor && !covers(cursor, { ...next, seq: next.seq - 1 })) {
    entry.isLive = false;
    return askSoon(entry);
  }
  if (next) entry.cursor = next;
  each(entry, ({ onEvent }) => onEvent({ ...event, topic: entry.alias }));
}

/** The server says something about topics. */
export function onControl(roster: Roster, frame: ControlFrame): void {
  const { type, topic = '' } = frame;
  if (type === 'subscribed' || type === 'error') {
    const { byAlias } = roster;
    // An error without a topic is about the whole frame that was sent with the ref.
    for (const entry of topic ? [byAlias.get(topic)] : [...byAlias.values()])
      onAnswer(entry, frame);
  } else {
    for (const entry of named(roster, topic)) onNotice(entry, frame);
  }
}

/** An event of a topic has come. */
export function onEvent(roster: Roster, event: WSEvent): void {
  for (const entry of named(roster, event.topic)) deliver(entry, event);
}
