import { decode, type ControlFrame } from './codec';
import { openConnection, type Connection } from './connection';
import { diagnose, prepare } from './diagnose';
import { resolveUrl } from './env';
import { AuthError, ConnectionError, type TidingsError } from './errors';
import { startHeartbeat, WAKE_DEADLINE_MS, type Heartbeat } from './heartbeat';
import { TRANSITIONS, visibleState, type Phase, type Signal } from './machine';
import { resolveOptions, type WebSocketOptions } from './options';
import { closeAction, createBackoff } from './reconnect';
import type { Reconnect } from './codes.gen';
import { createSubscriptions } from './subscriptions';
import type { SubscribeOptions } from './entries';
import { guard } from './guard';
import { createTokens } from './tokens';
import { onWake } from './wake';
import type { PayloadOf, SignalOptions, WSConnectionState, WSEvent } from './types';

/** How long an attempt may take from asking for the token to the server's hello, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 15_000;

/** How long after a wake a loss counts as the sleep's, in milliseconds: a probe has ended by then. */
const WAKE_LOSS_MS = 2 * WAKE_DEADLINE_MS;

// Bundlers replace the literal `process.env.NODE_ENV`, and so strip what is for development.
declare const process: { env: { NODE_ENV?: string } };

/** Where production points. */
const SEE = 'see "When something is wrong" in the guide';

/** How many attempts fail in a row before production says so: a restart of the server is quicker. */
const SPEAK_AFTER = 3;

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
  let options = resolveOptions(initial);
  let phase: Phase = 'off';
  let wanted = false;
  let status: ConnectionStatus = { state: 'disconnected' };
  const listeners = new Set<() => void>();

  let connection: Connection | undefined;
  let heartbeat: Heartbeat | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unwake: (() => void) | undefined;
  /** When the page last came back to life; 0 once an attempt was made because of it. */
  let wokeAt = 0;
  let openedAt = 0;
  let refusal: TidingsError | undefined;
  let lastToken: string | null | undefined;

  // eslint-disable-next-line no-console -- what the debug option is for
  const log = (...what: unknown[]) => options.debug && console.debug('[tidings]', ...what);
  const backoff = createBackoff(() => options);
  const subscriptions = createSubscriptions((frame) => connection?.send(frame));
  const tokens = createTokens(() => options.getToken, sendToken, endWithoutUser);

  /** Moves the machine; false when the signal means nothing in this phase. */
  function step(signal: Signal, error?: TidingsError): boolean {
    const next = TRANSITIONS[phase][signal];
    if (!next) return false;
    log(phase, '→', next, error?.message ?? '');
    phase = next;
    const state = visibleState(phase, backoff.failures > 0);
    const reason = error ?? (phase === 'live' || phase === 'off' ? undefined : status.error);
    if (state !== status.state || reason !== status.error) {
      status = { state, error: reason };
      for (const listener of [...listeners]) guard('onStatus', listener);
    }
    return true;
  }

  /** There is one thing to wait for at a time: an attempt's end, or its beginning. */
  function startTimer(ms: number, run: () => void): void {
    clearTimeout(timer);
    timer = setTimeout(run, ms);
  }

  /** Ends whatever is under way: a late word of it reaches nobody. */
  function drop(): void {
    clearTimeout(timer);
    tokens.stop();
    heartbeat?.stop();
    subscriptions.offline();
    connection?.close();
    connection = heartbeat = undefined;
  }

  /** Ends it for good: nothing is left that could start again by itself. */
  function end(signal: 'stop' | 'fatal', error?: TidingsError): void {
    drop();
    tokens.forget();
    unwake?.();
    unwake = undefined;
    backoff.reset();
    subscriptions.stop();
    step(signal, error);
  }

  function endWithoutUser(): void {
    end('stop', new AuthError('not_authenticated', 'nobody is logged in'));
  }

  const justWoke = () => Date.now() - wokeAt < WAKE_LOSS_MS;

  /** Says on the console what is wrong: in words in development, by its code in production. */
  function speak(error: TidingsError, isFinal = false): void {
    const { failures } = backoff;
    try {
      if (process.env.NODE_ENV !== 'production') {
        void diagnose({ error, options, token: lastToken, failures, isFinal });
        return;
      }
    } catch {
      // A page without a bundler has no `process`: as in production.
    }
    if (isFinal || failures === SPEAK_AFTER)
      console.error('[tidings]', error.code, (error as ConnectionError).closeCode ?? '', SEE);
  }

  function lost(error: TidingsError, action: Reconnect = 'backoff'): void {
    drop();
    if (action === 'never' || !options.reconnect) {
      speak(error, true);
      return end(action === 'never' ? 'fatal' : 'stop', error);
    }
    // What ended in a sleep is no sign of a server in trouble, nor is what failed before it.
    const isOfSleep = justWoke();
    if (isOfSleep) backoff.reset();
    const delay = backoff.next(isOfSleep ? 'now' : action);
    speak(error);
    log('trying again in', Math.round(delay), 'ms');
    startTimer(delay, begin);
    step('lost', error);
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
    const left = openedAt + WAKE_DEADLINE_MS - Date.now();
    startTimer(Math.min(left, WAKE_DEADLINE_MS), () => {
      wokeAt = 0;
      drop();
      step('lost');
      begin();
    });
  }

  /** Sends a token over the connection as it is. */
  function sendToken(token?: string | null): void {
    if (token) connection?.send({ action: 'auth', token });
  }

  /** Makes an attempt, unless one is under way. */
  function begin(): void {
    if (!step('start')) return;
    const isAfterWake = justWoke();
    wokeAt = 0;
    startTimer(CONNECT_TIMEOUT_MS, () => lost(new ConnectionError('timeout', 'no answer in time')));
    void tokens.ask((token) => {
      step('token');
      open(token);
      if (isAfterWake) limitOpening();
    }, lost);
  }

  function open(token: string | null | undefined): void {
    refusal = undefined;
    lastToken = token;
    openedAt = Date.now();
    try {
      const url = resolveUrl(options.url);
      log('connecting to', url);
      connection = openConnection(options.WebSocket ?? WebSocket, url, {
        onopen() {
          step('open');
          sendToken(token);
        },
        onmessage,
        onclose,
      });
    } catch (cause) {
      lost(new ConnectionError('no_url', `cannot connect: ${String(cause)}`, { cause }), 'never');
    }
  }

  function onmessage({ data: text }: { data: unknown }): void {
    heartbeat?.heard();
    const frame = decode(text);
    if (!frame) return void log('not understood', text);
    // What it is and where it belongs, not what the app's people said.
    const { data: _, ...told } = frame;
    log('←', told.type ?? told.event, told.topic ?? '', told);
    if (frame.type !== undefined) onControl(frame);
    else subscriptions.onEvent(frame);
  }

  function onControl(frame: ControlFrame): void {
    if (frame.type === 'hello') return onHello(frame);
    if (frame.type === 'drain') return backoff.holdOff(frame.reconnect_after_ms ?? 0);
    if (frame.type === 'error' && !frame.topic && !frame.ref) return onError(frame);
    subscriptions.onControl(frame);
  }

  function onHello(frame: ControlFrame): void {
    refusal = undefined;
    tokens.onHello(frame);
    if (!step('hello')) return;
    clearTimeout(timer);
    backoff.up();
    heartbeat = startHeartbeat(
      options,
      () => connection?.send({ action: 'ping' }),
      // Long since, as a rule: a network that was left, or a sleep.
      () => lost(new ConnectionError('pong_timeout', 'the server went silent'), 'now'),
    );
    subscriptions.online();
  }

  /** An error about the connection as a whole; the close that follows says what to do. */
  function onError({ code = 'internal', message = code, retry_after_ms }: ControlFrame): void {
    const isOfToken = /^token_|^not_auth/.test(code);
    refusal = new (isOfToken ? AuthError : ConnectionError)(code, message);
    if (isOfToken && phase === 'live') tokens.onRefusal(refusal);
    if (retry_after_ms) backoff.holdOff(retry_after_ms);
  }

  function onclose({ code, reason }: { code: number; reason: string }): void {
    const name = code === 3501 ? 'session_revoked' : 'closed';
    const error = refusal ?? new ConnectionError(name, reason || `connection closed: ${code}`);
    if (error instanceof ConnectionError) error.closeCode = code;
    log('closed', code, reason);
    const ofToken = tokens.onClose(code, error, phase === 'live', backoff.lasted());
    lost(error, ofToken ?? closeAction(code));
  }

  try {
    if (process.env.NODE_ENV !== 'production') prepare();
  } catch {
    // As above.
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
    wake,
    configure(next) {
      const { url, identity } = options;
      options = resolveOptions(next);
      if (identity !== options.identity) {
        subscriptions.forget();
      } else if (url === options.url) {
        return;
      }
      end('stop');
      start();
    },
    subscribe: subscriptions.subscribe as TidingsClient['subscribe'],
    signal: subscriptions.signal,
  };
}
