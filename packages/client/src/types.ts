/** What happened to an entity. */
export type WSEventType = 'ADDED' | 'UPDATED' | 'DELETED' | 'STATUS_CHANGED';

/** One committed change, as a topic's subscribers see it. */
export interface WSEvent<T = unknown> {
  /** The topic under the name it was subscribed by. */
  topic: string;
  event: WSEventType;
  data: {
    entity_id: string;
    /** The entity as REST returns it; for `DELETED` the last one. */
    payload: T;
    /** Who did it; empty where readers of the topic may not know. */
    user_id: string;
    /** When it happened, RFC 3339. */
    timestamp: string;
  };
  trace_id?: string;
  /** Unique over all topics and time. */
  id?: string;
  /** The history that `seq` counts in. */
  epoch?: string;
  /** The event's place in its topic, gapless from 1. */
  seq?: number;
  /** The entity's version after the change. */
  version?: number;
  /** The id its author gave the mutation; how the author recognises the echo. */
  mutation_id?: string;
}

/** The connection as people see it. */
export type WSConnectionState =
  'connecting' | 'connected' | 'reconnecting' | 'disconnected' | 'error';

/** A place in a topic's history: event `seq` of history `epoch`, and all before it. */
export interface Position {
  /** Names one unbroken history; changes when history was lost or rewound. */
  epoch: string;
  /** Number of the last event included; 0 is before the first. */
  seq: number;
}

/** A position together with the (canonical) topic it is a place in. */
export interface TopicPosition extends Position {
  topic: string;
}

/**
 * Payload types by resource type. Empty here; an app fills it in once, and every
 * `onEvent` gets the payload's type from its topic string:
 *
 * ```ts
 * declare module '@tidings/client' {
 *   interface TopicPayloads {
 *     'list-items': ListItem;
 *   }
 * }
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled in by declaration merging
export interface TopicPayloads {}

/** The payload type of a topic: from {@link TopicPayloads}, or `unknown`. */
export type PayloadOf<Topic extends string> = Topic extends `${infer Type}:${string}`
  ? Type extends keyof TopicPayloads
    ? TopicPayloads[Type]
    : unknown
  : unknown;

/**
 * Why the server's answer reached a subscription:
 * `first` the first one; `joined` the topic was already live when this handler came;
 * `again` after a reconnect or a closed gap; `resync` the server had to skip events.
 */
export type AnswerCause = 'first' | 'joined' | 'again' | 'resync';

/** The server's word on a subscription: from `position` on, nothing will be missed. */
export interface TopicAnswer {
  /** The topic as it was asked for. */
  topic: string;
  /** The topic's own name, which positions refer to. */
  canonical: string;
  /** The next event delivered is the one after this position. */
  position: Position;
  /** True when nothing between the position held before and `position` was missed. */
  recovered: boolean;
  cause: AnswerCause;
}

/** Who is there: all of them, or who came and went since the last message. */
export interface PresenceMessage {
  type: 'presence';
  /** The topic as it was asked for. */
  topic: string;
  /** Everyone who is there, by user id; missing in a change, and where they are too many to name. */
  members?: string[];
  /** Who came. */
  joined?: string[];
  /** Who went. */
  left?: string[];
  /** How many are there. */
  count: number;
}

/** Something fleeting from another subscriber; in no history, and lost on who was not there. */
export interface SignalMessage {
  type: 'signal';
  /** The topic as it was asked for. */
  topic: string;
  /** Whose it is. */
  user_id: string;
  /** What it is about, where its sender named that. */
  entity?: string | undefined;
  data: unknown;
}

/** What a signal takes besides its topic and data. */
export interface SignalOptions {
  /**
   * The id of what the signal is about, such as a card's. Where people of one group read different
   * topics, it reaches those whose topic holds it; without, it stays within the sender's topic.
   */
  entity?: string | undefined;
}

/** What a topic's subscribers are told besides its events. */
export type TopicMessage = PresenceMessage | SignalMessage;
