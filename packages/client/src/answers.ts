import type { ControlFrame } from './codec';
import {
  each,
  LATER,
  named,
  presentTopics,
  type Entries,
  type Entry,
  type Listener,
} from './entries';
import { SubscriptionError } from './errors';
import { covers, positionOf } from './positions';
import type { AnswerCause, Position, TopicMessage, WSEvent } from './types';

/** How long to wait before asking again for a topic that failed for the moment, in milliseconds. */
export const RETRY_TOPIC_MS = 3000;

/** What the server says of topics, told to those who listen. */
export interface Answers {
  onControl(frame: ControlFrame): void;
  onEvent(event: WSEvent): void;
}

/** Tells a listener where its topic stands. */
export function tellAnswer(
  { name, canonical, cursor }: Entry,
  listener: Listener,
  cause: AnswerCause,
  recovered: boolean,
): void {
  listener.answered = true;
  listener.onSubscribed?.({
    topic: name,
    canonical: canonical as string,
    position: cursor as Position,
    recovered,
    cause,
  });
}

/**
 * @param lingerIfUnused - Lets go of a topic that nobody listens to, in a while.
 * @param remove - Lets go of a topic at once.
 */
export function createAnswers(
  entries: Entries,
  askSoon: (entry: Entry) => void,
  lingerIfUnused: (entry: Entry) => void,
  remove: (entry: Entry) => void,
): Answers {
  function onSubscribed(entry: Entry, frame: ControlFrame): void {
    const head = positionOf(frame);
    if (!head || !frame.canonical) return;
    const recovered = !!(frame.recovered && entry.cursor);
    // Asked again only for the presence, and events went on: nobody needs to know of it.
    const isQuiet = recovered && entry.isLive;
    const isNewAlias = !entry.canonical && frame.canonical !== entry.name;
    if (!recovered) entry.cursor = head;
    entry.isLive = true;
    entry.canonical = frame.canonical;
    if (!isQuiet) {
      const { epoch, seq } = entry.cursor as Position;
      each(entry, (l) => {
        const { answered, since } = l;
        // Two may begin at once, from different positions: the server was told of one.
        const isFrom = answered || (since?.epoch === epoch && since.seq === seq);
        tellAnswer(entry, l, answered ? 'again' : 'first', recovered && isFrom);
      });
    }
    // The last name that was asked for decides for all of them.
    if (isNewAlias && presentTopics(entries).has(frame.canonical)) askSoon(entry);
    lingerIfUnused(entry);
  }

  function onRefused(entry: Entry, frame: ControlFrame): void {
    const { code = 'internal', message = code, retry_after_ms } = frame;
    // It may be the presence alone that is forbidden: without it the topic may still be read.
    const isOfPresence = code === 'forbidden' && entry.presence;
    if (isOfPresence) {
      askSoon(entry);
    } else if (code === 'rate_limited' || code === 'internal') {
      askLater(entry, retry_after_ms ?? RETRY_TOPIC_MS * (0.5 + Math.random()));
    } else if (code === 'forbidden' && entry.canonical) {
      return onRevoked(entry);
    }
    each(entry, (l) => {
      if (isOfPresence && !l.presence) return;
      if (isOfPresence) l.presence = false;
      l.onError?.(new SubscriptionError(entry.name, code, message));
    });
  }

  /** Whoever subscribes meanwhile waits, too. */
  function askLater(entry: Entry, delayMs: number): void {
    clearTimeout(entry.timer);
    entry.question = LATER;
    entry.timer = setTimeout(() => {
      entry.question = undefined;
      if (entry.listeners.size) askSoon(entry);
      else remove(entry);
    }, delayMs);
  }

  function onRevoked(entry: Entry): void {
    entry.canonical = entry.cursor = undefined;
    entry.isLive = false;
    each(entry, (l) => {
      l.answered = false;
      l.onRevoked?.();
    });
  }

  /** The topic has another name of its own now, with positions of its own. */
  function onRenamed(entry: Entry): void {
    entry.canonical = entry.cursor = undefined;
    entry.isLive = false;
    askSoon(entry);
  }

  function onAnswer(entry: Entry | undefined, frame: ControlFrame): void {
    if (!frame.ref || entry?.question !== frame.ref) return;
    entry.question = undefined;
    if (frame.type === 'error') onRefused(entry, frame);
    else onSubscribed(entry, frame);
  }

  function onResync(entry: Entry, head: Position): void {
    entry.cursor = head;
    each(entry, (l) => tellAnswer(entry, l, 'resync', false));
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
    each(entry, (l) => l.onEvent({ ...event, topic: entry.name }));
  }

  return {
    onControl(frame) {
      const { type, topic = '' } = frame;
      if (type === 'subscribed' || type === 'error') {
        // An error without a topic is about the whole frame that was sent with the ref.
        for (const entry of [...(topic ? [entries.get(topic)] : entries.values())]) {
          onAnswer(entry, frame);
        }
      } else if (type === 'unsubscribed' && frame.code === 'revoked') {
        named(entries, topic).forEach(onRevoked);
      } else if (type === 'unsubscribed' && frame.code === 'renamed') {
        named(entries, topic).forEach(onRenamed);
      } else if (type === 'resync') {
        const head = positionOf(frame);
        if (head) for (const entry of named(entries, topic)) onResync(entry, head);
      } else if (type === 'presence' || type === 'signal') {
        for (const entry of named(entries, topic)) {
          const message = { ...frame, topic: entry.name } as TopicMessage;
          each(entry, (l) => l.onMessage?.(message));
        }
      }
    },
    onEvent(event) {
      for (const entry of named(entries, event.topic)) deliver(entry, event);
    },
  };
}
