import type { SubscriptionError } from './errors';
import { guard } from './guard';
import type { Position, TopicAnswer, TopicMessage, WSEvent } from './types';

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
export const DUE = '';

/** A question that the server wants to hear later. */
export const LATER = 'later';

/** One handler of a topic. */
export interface Listener extends SubscribeOptions {
  onEvent: (event: WSEvent) => void;
  /** Whether this listener has had an answer. */
  answered?: boolean;
}

/** One name that a topic is asked for by. Two names of one topic are counted apart. */
export interface Entry {
  readonly roster: Roster;
  readonly alias: string;
  readonly subscribers: Set<Listener>;
  /** The topic's own name; known after the first answer. */
  ownName?: string | undefined;
  /** The last position delivered; kept over reconnects. */
  cursor?: Position | undefined;
  /** Whether the server has said that events come. */
  isLive?: boolean;
  /** {@link DUE}, {@link LATER}, or the ref of the latest one put; undefined once it is answered. */
  question?: string | undefined;
  /** Whether presence was asked for. */
  isPresent?: boolean;
  timer?: ReturnType<typeof setTimeout> | undefined;
}

/** The topics in use, and what is to be said to the server about them. */
export interface Roster {
  /** By the name that they were asked for. */
  readonly byAlias: Map<string, Entry>;
  /** Puts a frame on the wire; only called between `goOnline` and `goOffline`. */
  readonly send: (frame: object) => void;
  isOnline?: boolean;
  /** False before the first connection and after the client stopped: then nothing lingers. */
  lingers?: boolean;
  /** The topics that the server is to be told to stop. */
  readonly leaving: Set<string>;
  flushTimer?: ReturnType<typeof setTimeout> | undefined;
  /** When the next round of frames may go out. */
  nextAt: number;
  refs: number;
}

/** The names under which a topic was asked for. */
export const named = ({ byAlias }: Roster, topic: string): Entry[] =>
  [...byAlias.values()].filter(({ ownName }) => ownName === topic);

/** The topics whose presence somebody wants, under whichever name. */
export function presentTopics({ byAlias }: Roster): Set<string> {
  const present = new Set<string>();
  for (const { alias, ownName = alias, subscribers } of byAlias.values()) {
    for (const { presence } of subscribers) if (presence) present.add(ownName);
  }
  return present;
}

/** Calls every listener still there; one that throws hurts nobody else. */
export function each({ alias, subscribers }: Entry, call: (listener: Listener) => void): void {
  for (const listener of [...subscribers]) {
    if (subscribers.has(listener)) guard(alias, () => call(listener));
  }
}

/** Nothing is known any more of where a topic is. */
export function unsettle(entry: Entry): void {
  entry.ownName = entry.cursor = undefined;
  entry.isLive = false;
}
