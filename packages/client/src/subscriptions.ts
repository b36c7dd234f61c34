import type { ControlFrame } from './codec';
import { SubscriptionError } from './errors';
import { covers, positionOf } from './positions';
import { topicProblem } from './topic';
import type {
  AnswerCause,
  Position,
  SignalOptions,
  TopicAnswer,
  TopicMessage,
  WSEvent,
} from './types';

/** How long a topic without handlers stays subscribed, in milliseconds. */
export const LINGER_MS = 1000;

/** How long to wait before asking again for a topic that failed for the moment, in milliseconds. */
export const RETRY_TOPIC_MS = 3000;

/** The most topics in a frame: it fits 64 KiB, however long they and their epochs are. */
export const MAX_TOPICS_PER_FRAME = 150;

/**
 * The time from one round of frames about topics to the next in the long run, in milliseconds, and
 * how far it may run ahead. The server's rate has room for two frames a round.
 */
export const PACE_MS = 120;
export const BURST_MS = 3000;

/** What a subscription may want to know besides its events. */
export interface SubscribeOptions {
  /** A position the caller already holds: the server replays what came after, if it still can. */
  since?: Position | undefined;
  /** The server answered: first, after each reconnect, or because it had to skip events. */
  onSubscribed?: ((answer: TopicAnswer) => void) | undefined;
  /** The topic was refused, or the subscription broken off. */
  onError?: ((error: SubscriptionError) => void) | undefined;
  /** The server took the topic away, because access was revoked. */
  onRevoked?: (() => void) | undefined;
  /**
   * Be there for the topic's others, and be told who is. Refused with `forbidden` where readers may
   * not know of each other; events come all the same then.
   * @default false
   */
  presence?: boolean | undefined;
  /** Called with what has no position: signals, and who is there where `presence` was asked for. */
  onMessage?: ((message: TopicMessage) => void) | undefined;
}

/** A question to be put in this tick, or once the client is online. */
const DUE = '';

/** A question that the server wants to hear later. */
const LATER = 'later';

interface Listener extends SubscribeOptions {
  onEvent: (event: WSEvent) => void;
  /** Whether this listener has had an answer. */
  answered?: boolean;
}

/** One name that a topic is asked for by. Two names of one topic are counted apart. */
interface Entry {
  name: string;
  /** The topic's own name; known after the first answer. */
  canonical?: string | undefined;
  listeners: Set<Listener>;
  /** The last position delivered; kept over reconnects. */
  cursor?: Position | undefined;
  /** Whether the server has said that events come. */
  isLive?: boolean;
  /** {@link DUE}, {@link LATER}, or the ref of the latest one put; undefined once it is answered. */
  question?: string | undefined;
  /** Whether presence was asked for. */
  presence?: boolean;
  timer?: ReturnType<typeof setTimeout> | undefined;
}

/** The topics in use: who listens, and where each stands. */
export interface Subscriptions {
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
  onControl(frame: ControlFrame): void;
  onEvent(event: WSEvent): void;
}

/** Calls back into the app; what it throws hurts nobody else. */
export function guard(what: string, call: () => void): void {
  try {
    call();
  } catch (error) {
    console.error(`[tidings] ${what} threw`, error);
  }
}

/** @param send - Puts a frame on the wire; only called between `online` and `offline`. */
export function createSubscriptions(send: (frame: object) => void): Subscriptions {
  const entries = new Map<string, Entry>();
  let isOnline = false;
  /** False before the first connection and after the client stopped: then nothing lingers. */
  let lingers = false;
  /** The topics that the server is to be told to stop. */
  const leaving = new Set<string>();
  let flushTimer: ReturnType<typeof setTimeout> | undefined;
  /** When the next round may go out. */
  let nextAt = 0;
  let refs = 0;

  /** The names under which a topic was asked for. */
  const named = (canonical: string) =>
    [...entries.values()].filter((entry) => entry.canonical === canonical);

  /** Calls every listener still there; one that throws hurts nobody else. */
  function each(entry: Entry, call: (listener: Listener) => void): void {
    for (const listener of [...entry.listeners]) {
      if (entry.listeners.has(listener)) guard(entry.name, () => call(listener));
    }
  }

  function askSoon(entry: Entry): void {
    if (entry.question === LATER) return;
    entry.question = DUE;
    flushSoon();
  }

  /** Gathers what is to be said in this tick, or in a while if there was much, into few frames. */
  function flushSoon(): void {
    flushTimer ??= setTimeout(flush, Math.max(0, nextAt - Date.now()));
  }

  /** The topics whose presence somebody wants, under whichever name. */
  function presentTopics(): Set<string> {
    const present = new Set<string>();
    for (const { name, canonical = name, listeners } of entries.values()) {
      for (const { presence } of listeners) if (presence) present.add(canonical);
    }
    return present;
  }

  function flush(): void {
    flushTimer = undefined;
    if (!isOnline) return;
    nextAt = Math.max(nextAt, Date.now() - BURST_MS) + PACE_MS;
    const left = [...leaving];
    leaving.clear();
    while (left.length) {
      send({ action: 'unsubscribe', topics: left.splice(0, MAX_TOPICS_PER_FRAME) });
    }
    const due = [...entries.values()].filter(({ question }) => question === DUE);
    const present = presentTopics();
    while (due.length) {
      const ref = String(++refs);
      const topics = due.splice(0, MAX_TOPICS_PER_FRAME).map((entry) => {
        const { name, canonical = name, cursor } = entry;
        entry.question = ref;
        entry.presence = present.has(canonical);
        return { topic: name, since: cursor, presence: entry.presence || undefined };
      });
      send({ action: 'subscribe', topics, ref });
    }
  }

  function answer(entry: Entry, listener: Listener, cause: AnswerCause, recovered: boolean): void {
    listener.answered = true;
    listener.onSubscribed?.({
      topic: entry.name,
      canonical: entry.canonical as string,
      position: entry.cursor as Position,
      recovered,
      cause,
    });
  }

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
        answer(entry, l, answered ? 'again' : 'first', recovered && isFrom);
      });
    }
    // The last name that was asked for decides for all of them.
    if (isNewAlias && presentTopics().has(frame.canonical)) askSoon(entry);
    lingerIfUnused(entry);
  }

  function onRefused(
    entry: Entry,
    { code = 'internal', message = code, retry_after_ms }: ControlFrame,
  ): void {
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

  function remove(entry: Entry): void {
    clearTimeout(entry.timer);
    entries.delete(entry.name);
    const { canonical: topic = entry.name, isLive, question } = entry;
    const others = named(topic);
    if (entry.presence) others.forEach(askSoon);
    // Unless another name of the same topic still needs it.
    if (!isOnline || !(isLive || question) || others.length) return;
    leaving.add(topic);
    flushSoon();
  }

  function lingerIfUnused(entry: Entry): void {
    if (entry.listeners.size || entry.question === LATER) return;
    clearTimeout(entry.timer);
    if (!lingers) return remove(entry);
    entry.timer = setTimeout(() => remove(entry), LINGER_MS);
  }

  function subscribe(
    name: string,
    onEvent: (event: WSEvent) => void,
    options: SubscribeOptions = {},
  ): () => void {
    const listener: Listener = { ...options, onEvent };
    const problem = topicProblem(name);
    if (problem) {
      const error = new SubscriptionError(name, 'invalid_topic', `topic "${name}": ${problem}`);
      console.error('[tidings]', error.message);
      queueMicrotask(() => listener.onError?.(error));
      return () => {};
    }
    const joined: Entry = entries.get(name) ?? {
      name,
      listeners: new Set(),
      // Without what else the object may hold: the server refuses what it does not know.
      cursor: positionOf(options.since ?? {}),
    };
    entries.set(name, joined);
    joined.listeners.add(listener);
    if (joined.question !== LATER) clearTimeout(joined.timer);
    const isUnasked = !joined.isLive && joined.question === undefined;
    if (isUnasked || listener.presence) askSoon(joined);
    // Not before the caller has its undo in hand.
    queueMicrotask(() => {
      if (!joined.isLive || listener.answered || !joined.listeners.has(listener)) return;
      guard(name, () => answer(joined, listener, 'joined', false));
    });
    return () => {
      if (!joined.listeners.delete(listener)) return;
      if (listener.presence && joined.listeners.size) askSoon(joined);
      lingerIfUnused(joined);
    };
  }

  return {
    subscribe,
    online() {
      isOnline = lingers = true;
      for (const entry of entries.values()) askSoon(entry);
    },
    offline() {
      isOnline = false;
      leaving.clear();
      for (const entry of entries.values()) entry.isLive = false;
    },
    forget() {
      for (const entry of entries.values()) entry.canonical = entry.cursor = undefined;
    },
    stop() {
      lingers = false;
      clearTimeout(flushTimer);
      flushTimer = undefined;
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
    onControl(frame) {
      const { type, topic = '', ref } = frame;
      if (type === 'subscribed' || type === 'error') {
        // An error without a topic is about the whole frame that was sent with the ref.
        for (const entry of [...(topic ? [entries.get(topic)] : entries.values())]) {
          if (!ref || entry?.question !== ref) continue;
          entry.question = undefined;
          if (type === 'error') onRefused(entry, frame);
          else onSubscribed(entry, frame);
        }
      } else if (type === 'unsubscribed' && frame.code === 'revoked') {
        named(topic).forEach(onRevoked);
      } else if (type === 'unsubscribed' && frame.code === 'renamed') {
        named(topic).forEach(onRenamed);
      } else if (type === 'resync') {
        const head = positionOf(frame);
        for (const entry of head ? named(topic) : []) {
          entry.cursor = head;
          each(entry, (l) => answer(entry, l, 'resync', false));
        }
      } else if (type === 'presence' || type === 'signal') {
        for (const entry of named(topic)) {
          const message = { ...frame, topic: entry.name } as TopicMessage;
          each(entry, (l) => l.onMessage?.(message));
        }
      }
    },
    onEvent(event) {
      for (const entry of named(event.topic)) {
        if (!entry.isLive) continue;
        const next = positionOf(event);
        const { cursor } = entry;
        if (next && cursor) {
          if (covers(cursor, next)) continue;
          // Of another epoch, or past a gap.
          if (!covers(cursor, { ...next, seq: next.seq - 1 })) {
            entry.isLive = false;
            askSoon(entry);
            continue;
          }
        }
        if (next) entry.cursor = next;
        each(entry, (l) => l.onEvent({ ...event, topic: entry.name }));
      }
    },
  };
}
