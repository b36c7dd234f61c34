import { end, start, wake } from './attempt';
import type { SubscribeOptions } from './entries';
import { resolveOptions, type WebSocketOptions } from './options';
import { prepareReports } from './report';
import { send, type ClientState, type ConnectionStatus } from './state';
import { forgetPositions, signal, subscribe } from './subscriptions';
import type { PayloadOf, SignalOptions, WSEvent } from './types';

/** A connection to a Tidings server, shared by everything in an app. */
export interface TidingsClient {
  /** The status now. */
  getStatus: () => ConnectionStatus;
  /** Calls back after each change of the status; returns the undo. */
  onStatus: (listener: () => void) => () => void;
  /** Connects, and stays connected until `disconnect()`. Does nothing while connected. */
  connect: () => void;
  /** Disconnects, and stays so until `connect()`. */
  disconnect: () => void;
  /**
   * To be called when the app comes back to life or the network changes: a connection that may be
   * dead is probed at once, and an attempt that waits is made. A page's own events (`online`,
   * `visibilitychange` …) are listened to already; React Native and Node have none.
   */
  wake: () => void;
  /**
   * Replaces the options: what is left out gets its default, `url` and `getToken` too. Only another
   * `url` or `identity` makes a new connection. Throws a TypeError as `createClient` does.
   */
  configure: (options: WebSocketOptions) => void;
  /**
   * Listens to a topic. Topics are counted: the server is asked once however many listen, and told
   * to stop a moment after the last one left. What is no topic (see `topicProblem`) is an error on
   * the console and to `onError`; nothing is sent.
   *
   * @returns The undo for this handler alone.
   */
  subscribe: <Topic extends string>(
    topic: Topic,
    onEvent: (event: WSEvent<PayloadOf<Topic>>) => void,
    options?: SubscribeOptions,
  ) => () => void;
  /**
   * Sends a signal to a topic's other subscribers, at once. `sendSignal` of
   * `@tidings/client/presence` keeps to the server's limits besides.
   *
   * @returns False when the topic is not subscribed to right now: then nobody hears it.
   */
  signal: (topic: string, data: unknown, options?: SignalOptions) => boolean;
}

/**
 * Makes a client. It does nothing until `connect()`. Throws a TypeError that names the option which
 * makes no sense.
 */
export function createClient(initial: WebSocketOptions = {}): TidingsClient {
  const client: ClientState = {
    settings: resolveOptions(initial),
    phase: 'off',
    shown: { state: 'disconnected' },
    statusListeners: new Set(),
    failures: 0,
    upSince: Infinity,
    notBefore: 0,
    wishMs: 0,
    generation: 0,
    refusals: 0,
    wokeAt: 0,
    openedAt: 0,
    roster: {
      byAlias: new Map(),
      send: (frame) => send(client, frame),
      leaving: new Set(),
      nextAt: 0,
      refs: 0,
    },
  };
  const { statusListeners, roster } = client;
  prepareReports();
  return {
    getStatus: () => client.shown,
    onStatus(listener) {
      statusListeners.add(listener);
      return () => void statusListeners.delete(listener);
    },
    connect() {
      client.isWanted = true;
      start(client);
    },
    disconnect() {
      client.isWanted = false;
      start(client);
    },
    wake: () => wake(client),
    configure(next) {
      const { url, identity } = client.settings;
      client.settings = resolveOptions(next);
      const isOther = identity !== client.settings.identity;
      if (isOther) forgetPositions(roster);
      if (!isOther && url === client.settings.url) return;
      end(client, 'off');
      start(client);
    },
    subscribe: subscribe.bind(null, roster) as TidingsClient['subscribe'],
    signal: signal.bind(null, roster),
  };
}
