import { decode, type ControlFrame } from './codec';
import { openConnection, type Connection } from './connection';
import { resolveUrl } from './env';
import { AuthError, ConnectionError, type TidingsError } from './errors';
import { startHeartbeat, WAKE_DEADLINE_MS, type Heartbeat } from './heartbeat';
import { resolveOptions, type WebSocketOptions } from './options';
import type { Reconnect } from './codes.gen';
import { closeAction, createBackoff } from './reconnect';
import { prepareReports, report } from './report';
import { createStage, type ConnectionStatus } from './status';
import type { Roster, SubscribeOptions } from './entries';
import { onControl, onEvent } from './answers';
import { goOffline, goOnline } from './questions';
import { forgetPositions, signal, stopAll, subscribe } from './subscriptions';
import { createTokens } from './tokens';
import { onWake } from './wake';
import type { PayloadOf, SignalOptions, WSEvent } from './types';

/** How long an attempt may take from asking for the token to the server's hello, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 15_000;

/** How long after a wake a loss counts as the sleep's, in milliseconds: a probe has ended by then. */
const WAKE_LOSS_MS = 2 * WAKE_DEADLINE_MS;

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
  let isWanted = false;
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
  const send = (frame: object) => connection?.send(frame);
  const sendToken = (token?: string | null) => token && send({ action: 'auth', token });
  const backoff = createBackoff(() => options);
  const stage = createStage(log, () => backoff.failures > 0);
  const { step } = stage;
  const roster: Roster = { byAlias: new Map(), send, leaving: new Set(), nextAt: 0, refs: 0 };
  const tokens = createTokens(() => options.getToken, sendToken, endWithoutUser);

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
    goOffline(roster);
    connection?.close();
    connection = heartbeat = undefined;
  }

  /** Ends it for good: nothing is left that could start again by itself. */
  function end(phase: 'off' | 'failed', error?: TidingsError): void {
    drop();
    tokens.forget();
    unwake?.();
    unwake = undefined;
    backoff.failures = 0;
    stopAll(roster);
    step(phase, error);
  }

  function endWithoutUser(): void {
    end('off', new AuthError('not_authenticated', 'nobody is logged in'));
  }

  const justWoke = () => Date.now() - wokeAt < WAKE_LOSS_MS;

  function lost(error: TidingsError, action: Reconnect = 'backoff'): void {
    drop();
    const isRefused = action === 'never';
    const isFinal = isRefused || !options.reconnect;
    // What ended in a sleep is no sign of a server in trouble, nor is what failed before it.
    const isOfSleep = justWoke();
    if (isOfSleep) backoff.failures = 0;
    const delay = backoff.nextDelay(isOfSleep ? 'now' : action);
    report({ error, options, lastToken, failures: backoff.failures, isFinal });
    if (isFinal) return end(isRefused ? 'failed' : 'off', error);
    log('trying again in', Math.round(delay), 'ms');
    startTimer(delay, begin);
    step('waiting', error);
  }

  /** Starts, or stops, as is wanted. */
  function start(): void {
    if (!isWanted) return end('off');
    if (options.identity === null) return endWithoutUser();
    unwake ??= onWake(wake);
    begin();
  }

  /** The page came back to life, or the network changed. */
  function wake(): void {
    wokeAt = Date.now();
    heartbeat?.wake();
    if (stage.phase !== 'waiting') limitOpening();
    else if (!backoff.held()) begin();
  }

  /**
   * A socket opened before a wake, or right after it, may hang on a network that is gone: it has
   * little time, and the one after it all that it needs. How long a token takes is the app's.
   */
  function limitOpening(): void {
    if (stage.phase !== 'opening' && stage.phase !== 'greeting') return;
    const left = openedAt + WAKE_DEADLINE_MS - Date.now();
    startTimer(Math.min(left, WAKE_DEADLINE_MS), () => {
      wokeAt = 0;
      drop();
      step('waiting');
      begin();
    });
  }

  /** Makes an attempt, unless one is under way. */
  function begin(): void {
    if (!step('token')) return;
    const isAfterWake = justWoke();
    wokeAt = 0;
    startTimer(CONNECT_TIMEOUT_MS, () => lost(new ConnectionError('timeout', 'no answer in time')));
    tokens.ask((token) => {
      open(token);
      if (isAfterWake) limitOpening();
    }, lost);
  }

  function open(token: string | null | undefined): void {
    step('opening');
    refusal = undefined;
    lastToken = token;
    openedAt = Date.now();
    try {
      const url = resolveUrl(options.url);
      log('connecting to', url);
      connection = openConnection(options.WebSocket ?? WebSocket, url, {
        onopen() {
          step('greeting');
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
    if (frame.type === undefined) onEvent(roster, frame);
    else if (frame.type === 'hello') onHello(frame);
    else if (frame.type === 'drain') backoff.holdOff(frame.reconnect_after_ms ?? 0);
    else if (frame.type === 'error' && !frame.topic && !frame.ref) onError(frame);
    else onControl(roster, frame);
  }

  function onHello(frame: ControlFrame): void {
    refusal = undefined;
    tokens.onHello(frame);
    if (!step('live')) return;
    clearTimeout(timer);
    backoff.up();
    heartbeat = startHeartbeat(
      options,
      () => send({ action: 'ping' }),
      // Long since, as a rule: a network that was left, or a sleep.
      () => lost(new ConnectionError('pong_timeout', 'the server went silent'), 'now'),
    );
    goOnline(roster);
  }

  /** An error about the connection as a whole; the close that follows says what to do. */
  function onError({ code = 'internal', message = code, retry_after_ms }: ControlFrame): void {
    const isOfToken = /^token_|^not_auth/.test(code);
    refusal = new (isOfToken ? AuthError : ConnectionError)(code, message);
    if (isOfToken && stage.phase === 'live') tokens.onRefusal(refusal);
    if (retry_after_ms) backoff.holdOff(retry_after_ms);
  }

  function onclose({ code, reason }: { code: number; reason: string }): void {
    const name = code === 3501 ? 'session_revoked' : 'closed';
    const error = refusal ?? new ConnectionError(name, reason || `connection closed: ${code}`);
    if (error instanceof ConnectionError) error.closeCode = code;
    log('closed', code, reason);
    const ofToken = tokens.onClose(code, error, stage.phase === 'live', backoff.lasted());
    lost(error, ofToken ?? closeAction(code));
  }

  prepareReports();
  return {
    getStatus: stage.getStatus,
    onStatus: stage.onStatus,
    connect() {
      isWanted = true;
      start();
    },
    disconnect() {
      isWanted = false;
      start();
    },
    wake,
    configure(next) {
      const { url, identity } = options;
      options = resolveOptions(next);
      const isOther = identity !== options.identity;
      if (isOther) forgetPositions(roster);
      if (!isOther && url === options.url) return;
      end('off');
      start();
    },
    subscribe: subscribe.bind(null, roster) as TidingsClient['subscribe'],
    signal: signal.bind(null, roster),
  };
}
