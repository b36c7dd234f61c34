import { decode, type ControlFrame } from './codec';
import { openConnection, type Connection } from './connection';
import { resolveUrl } from './env';
import { AuthError, ConnectionError, type TidingsError } from './errors';
import { startHeartbeat, WAKE_DEADLINE_MS, type Heartbeat } from './heartbeat';
import { TRANSITIONS, visibleState, type Phase, type Signal } from './machine';
import { MAX_TIMER_MS, resolveOptions, type WebSocketOptions } from './options';
import { closeAction, createBackoff } from './reconnect';
import type { Reconnect } from './codes.gen';
import { createSubscriptions, guard, type SubscribeOptions } from './subscriptions';
import { onWake } from './wake';
import type { PayloadOf, WSConnectionState, WSEvent } from './types';

/** How long an attempt may take from asking for the token to the server's hello, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 15_000;

/** How much of a token's remaining time is used before the next is asked for. */
const REFRESH_AT = 0.8;

/** The shortest time between two refreshes of a token, in milliseconds. */
const MIN_REFRESH_MS = 5000;

/** How long after a wake a loss counts as the sleep's, in milliseconds: a probe has ended by then. */
const WAKE_LOSS_MS = 2 * WAKE_DEADLINE_MS;

/** The connection as people see it, and why. The same object until something changes. */
export interface ConnectionStatus {
  readonly state: WSConnectionState;
  /** Why the connection is lost or given up; undefined while all is well. */
  readonly error?: TidingsError | undefined;
}

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
  /** Changes options. Only a new `url` or `identity` makes a new connection. */
  configure: (options: WebSocketOptions) => void;
  /**
   * Listens to a topic. Topics are counted: the server is asked once however many listen, and told
   * to stop a moment after the last one left.
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
  signal: (topic: string, data: unknown) => boolean;
}

/** Makes a client. It does nothing until `connect()`. */
export function createClient(initial: WebSocketOptions = {}): TidingsClient {
  let options = resolveOptions(initial);
  let phase: Phase = 'off';
  let wanted = false;
  let status: ConnectionStatus = { state: 'disconnected' };
  const listeners = new Set<() => void>();

  /** Raised whenever what is under way is no longer wanted; callbacks of older ones do nothing. */
  let generation = 0;
  let connection: Connection | undefined;
  let heartbeat: Heartbeat | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let refreshTimer: ReturnType<typeof setTimeout> | undefined;
  let unwake: (() => void) | undefined;
  /** When the page last came back to life; 0 once an attempt was made because of it. */
  let wokeAt = 0;
  let openedAt = 0;
  let refusal: TidingsError | undefined;
  let expiredInARow = 0;

  // eslint-disable-next-line no-console -- what the debug option is for
  const log = (...what: unknown[]) => options.debug && console.debug('[tidings]', ...what);
  const backoff = createBackoff(() => options);
  const subscriptions = createSubscriptions((frame) => connection?.send(frame), log);

  /** Moves the machine; false when the signal means nothing in this phase. */
  function step(signal: Signal, error?: TidingsError): boolean {
    const next = TRANSITIONS[phase][signal];
    if (!next) return false;
    log(phase, '→', next, error?.message);
    phase = next;
    const state = visibleState(phase, backoff.failures > 0);
    const reason =
      phase === 'live' ? undefined : (error ?? (phase === 'off' ? undefined : status.error));
    if (state !== status.state || reason !== status.error) {
      status = { state, error: reason };
      for (const listener of [...listeners]) guard('onStatus', listener);
    }
    return true;
  }

  /** Ends whatever is under way: a late word of it reaches nobody. */
  function drop(): void {
    generation++;
    clearTimeout(timer);
    clearTimeout(refreshTimer);
    heartbeat?.stop();
    subscriptions.offline();
    connection?.close();
    connection = heartbeat = undefined;
  }

  /** Ends it for good: nothing is left that could start again by itself. */
  function end(signal: 'stop' | 'fatal', error?: TidingsError): void {
    drop();
    unwake?.();
    unwake = undefined;
    backoff.reset();
    subscriptions.stop();
    step(signal, error);
  }

  const endWithoutUser = () =>
    end('stop', new AuthError('not_authenticated', 'nobody is logged in'));

  const justWoke = () => Date.now() - wokeAt < WAKE_LOSS_MS;

  function lost(error: TidingsError, action: Reconnect = 'backoff'): void {
    drop();
    if (action === 'never') return end('fatal', error);
    if (!options.reconnect) return end('stop', error);
    // What ended in a sleep is no sign of a server in trouble, nor is what failed before it.
    if (justWoke()) backoff.reset();
    const delay = backoff.next(justWoke() ? 'now' : action);
    log('trying again in', Math.round(delay), 'ms');
    timer = setTimeout(begin, delay);
    step('lost', error);
  }

  function begin(): void {
    if (!step('start')) return;
    clearTimeout(timer);
    void attempt();
  }

  /** Starts, or stops, as is wanted. */
  function start(): void {
    if (!wanted) return end('stop');
    if (options.identity === null) return endWithoutUser();
    unwake ??= onWake(wake);
    begin();
  }

  /** The page came back to life, or the network changed. */
  function wake(): void {
    wokeAt = Date.now();
    heartbeat?.wake();
    if (phase === 'waiting') {
      if (!backoff.held()) begin();
    } else {
      limitOpening();
    }
  }

  /**
   * A socket opened before a wake, or right after it, may hang on a network that is gone: it has
   * little time, and the one after it all that it needs. How long a token takes is the app's.
   */
  function limitOpening(): void {
    if (phase !== 'opening' && phase !== 'greeting') return;
    clearTimeout(timer);
    timer = setTimeout(
      () => {
        wokeAt = 0;
        drop();
        step('lost');
        begin();
      },
      openedAt + WAKE_DEADLINE_MS - Date.now(),
    );
  }

  async function askToken(): Promise<string | null | undefined> {
    try {
      return await options.getToken?.();
    } catch (cause) {
      throw new AuthError('token_failed', `no token: ${String(cause)}`, { cause });
    }
  }

  async function attempt(): Promise<void> {
    const mine = ++generation;
    const isCurrent = () => mine === generation;
    const { getToken } = options;
    const isAfterWake = justWoke();
    wokeAt = 0;
    timer = setTimeout(
      () => lost(new ConnectionError('timeout', 'no answer in time')),
      CONNECT_TIMEOUT_MS,
    );
    try {
      const token = await askToken();
      if (!isCurrent()) return;
      if (getToken && !token) return endWithoutUser();
      step('token');
      open(token);
      if (isAfterWake) limitOpening();
    } catch (error) {
      if (isCurrent()) lost(error as TidingsError);
    }
  }

  function open(token: string | null | undefined): void {
    let url: string;
    refusal = undefined;
    openedAt = Date.now();
    try {
      url = resolveUrl(options.url);
      log('connecting to', url);
      connection = openConnection(options.WebSocket ?? WebSocket, url, {
        onOpen() {
          step('open');
          if (token) connection?.send({ action: 'auth', token });
        },
        onMessage,
        onClosed,
      });
    } catch (cause) {
      end('fatal', new ConnectionError('no_url', `cannot connect: ${String(cause)}`, { cause }));
    }
  }

  function onMessage(data: unknown): void {
    heartbeat?.heard();
    const frame = decode(data);
    if (!frame) log('not understood', data);
    else if ('type' in frame) onControl(frame);
    else subscriptions.onEvent(frame);
  }

  function onControl(frame: ControlFrame): void {
    if (frame.type === 'hello') return onHello(frame);
    if (frame.type === 'drain') return backoff.holdOff(frame.reconnect_after_ms ?? 0);
    if (frame.type === 'error' && !frame.topic && !frame.ref) return onError(frame);
    subscriptions.onControl(frame);
  }

  function onHello({ expires }: ControlFrame): void {
    refusal = undefined;
    const left = expires ? Date.parse(expires) - Date.now() : NaN;
    if (options.getToken && left === left) {
      const delay = Math.min(Math.max(left * REFRESH_AT, MIN_REFRESH_MS), MAX_TIMER_MS);
      clearTimeout(refreshTimer);
      refreshTimer = setTimeout(() => void refresh(), delay);
    }
    if (!step('hello')) return;
    clearTimeout(timer);
    expiredInARow = 0;
    backoff.up();
    heartbeat = startHeartbeat(
      options,
      () => connection?.send({ action: 'ping' }),
      // Long since, as a rule: a network that was left, or a sleep.
      () => lost(new ConnectionError('pong_timeout', 'the server went silent'), 'now'),
    );
    subscriptions.online();
  }

  /** Sends a fresh token over the connection as it is. */
  async function refresh(): Promise<void> {
    const mine = generation;
    const token = await askToken().catch((error: TidingsError) => error);
    if (mine !== generation) return;
    if (typeof token === 'string' && token) {
      connection?.send({ action: 'auth', token });
    } else if (token instanceof Error) {
      log(token.message);
      refreshTimer = setTimeout(() => void refresh(), MIN_REFRESH_MS);
    } else {
      endWithoutUser();
    }
  }

  /** An error about the connection as a whole; the close that follows says what to do. */
  function onError({ code = 'internal', message, retry_after_ms }: ControlFrame): void {
    log('error', code, message);
    const kind = /^token_|^not_auth/.test(code) ? AuthError : ConnectionError;
    refusal = new kind(code, message ?? code);
    if (retry_after_ms) backoff.holdOff(retry_after_ms);
  }

  function onClosed(code: number, reason: string): void {
    const error = refusal ?? new ConnectionError('closed', reason || `connection closed: ${code}`);
    if (error instanceof ConnectionError) error.closeCode = code;
    log('closed', code, reason);
    const action = closeAction(code);
    // A token that is expired when it is fresh will be so for ever.
    const isStale = action === 'fresh_token' && phase !== 'live' && expiredInARow++ > 0;
    lost(error, isStale ? 'never' : action);
  }

  return {
    getStatus: () => status,
    onStatus(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    connect() {
      wanted = true;
      start();
    },
    disconnect() {
      wanted = false;
      start();
    },
    configure(next) {
      const { url, identity } = options;
      options = resolveOptions(next);
      if (identity !== options.identity) {
        subscriptions.forget();
        expiredInARow = 0;
      } else if (url === options.url) {
        return;
      }
      end('stop');
      start();
    },
    subscribe: (topic, onEvent, also) =>
      subscriptions.subscribe(topic, onEvent as (event: WSEvent) => void, also),
    signal: (topic, data) => subscriptions.signal(topic, data),
  };
}
