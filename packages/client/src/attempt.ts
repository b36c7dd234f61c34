// From the wish to connect to the end of a connection, and what comes in meanwhile.

import { onControl, onEvent } from './answers';
import { decode, type ControlFrame } from './codec';
import type { Reconnect } from './codes.gen';
import { openConnection } from './connection';
import { resolveUrl } from './env';
import { AuthError, ConnectionError, type TidingsError } from './errors';
import { startHeartbeat, WAKE_DEADLINE_MS } from './heartbeat';
import { goOffline, goOnline } from './questions';
import { closeAction, held, holdOff, nextDelay } from './reconnect';
import { report } from './report';
import { log, send, type ClientState } from './state';
import { step } from './status';
import { stopAll } from './subscriptions';
import {
  afterClose,
  askToken,
  forgetRefusals,
  onTokenRefused,
  onTokenTaken,
  sendToken,
  stopTokens,
} from './tokens';
import { onWake } from './wake';

/** How long an attempt may take from asking for the token to the server's hello, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 15_000;

/** How long after a wake a loss counts as the sleep's, in milliseconds: a probe has ended by then. */
const WAKE_LOSS_MS = 2 * WAKE_DEADLINE_MS;

function startTimer(client: ClientState, ms: number, run: () => void): void {
  clearTimeout(client.timer);
  client.timer = setTimeout(run, ms);
}

/** Ends what is under way: a late word of it reaches nobody. */
function drop(client: ClientState): void {
  clearTimeout(client.timer);
  stopTokens(client);
  client.heartbeat?.stop();
  goOffline(client.roster);
  client.connection?.close();
  client.connection = client.heartbeat = undefined;
}

/** Ends it for good: nothing is left that could start again by itself. */
export function end(client: ClientState, phase: 'off' | 'failed', error?: TidingsError): void {
  drop(client);
  forgetRefusals(client);
  client.unwake?.();
  client.unwake = undefined;
  client.failures = 0;
  stopAll(client.roster);
  step(client, phase, error);
}

function endWithoutUser(client: ClientState): void {
  end(client, 'off', new AuthError('not_authenticated'));
}

const justWoke = ({ wokeAt }: ClientState) => Date.now() - wokeAt < WAKE_LOSS_MS;

function lost(client: ClientState, error: TidingsError, action: Reconnect = 'backoff'): void {
  drop(client);
  const isRefused = action === 'never';
  const isFinal = isRefused || !client.settings.reconnect;
  // What ended in a sleep is no sign of a server in trouble, nor is what failed before it.
  const isOfSleep = justWoke(client);
  if (isOfSleep) client.failures = 0;
  const delay = nextDelay(client, isOfSleep ? 'now' : action);
  report(client, error, isFinal);
  if (isFinal) return end(client, isRefused ? 'failed' : 'off', error);
  log(client, 'trying again in', Math.round(delay), 'ms');
  startTimer(client, delay, () => begin(client));
  step(client, 'waiting', error);
}

/** Starts, or stops, as is wanted. */
export function start(client: ClientState): void {
  if (!client.isWanted) return end(client, 'off');
  if (client.settings.identity === null) return endWithoutUser(client);
  client.unwake ??= onWake(() => wake(client));
  begin(client);
}

/** The page came back to life, or the network changed. */
export function wake(client: ClientState): void {
  client.wokeAt = Date.now();
  client.heartbeat?.wake();
  if (client.phase !== 'waiting') limitOpening(client);
  else if (!held(client)) begin(client);
}

/**
 * A socket opened before a wake, or right after it, may hang on a network that is gone: it has
 * little time, and the one after it all that it needs. How long a token takes is the app's.
 */
function limitOpening(client: ClientState): void {
  if (!client.connection || client.phase === 'live') return;
  const left = client.openedAt + WAKE_DEADLINE_MS - Date.now();
  startTimer(client, Math.min(left, WAKE_DEADLINE_MS), () => {
    client.wokeAt = 0;
    drop(client);
    step(client, 'waiting');
    begin(client);
  });
}

/** Makes an attempt, unless one is under way. */
function begin(client: ClientState): void {
  if (!step(client, 'token')) return;
  const isAfterWake = justWoke(client);
  const fail = (error: TidingsError) => lost(client, error);
  client.wokeAt = 0;
  startTimer(client, CONNECT_TIMEOUT_MS, () => fail(new ConnectionError('timeout')));
  const use = (token: string | null | undefined) => {
    if (token === null) return endWithoutUser(client);
    open(client, token);
    if (isAfterWake) limitOpening(client);
  };
  askToken(client, use, fail);
}

function open(client: ClientState, token: string | undefined): void {
  const { settings } = client;
  step(client, 'opening');
  client.refusal = undefined;
  client.lastToken = token;
  client.openedAt = Date.now();
  try {
    const url = resolveUrl(settings.url);
    log(client, 'connecting to', url);
    client.connection = openConnection(settings.WebSocket ?? WebSocket, url, {
      onopen() {
        step(client, 'greeting');
        sendToken(client, token);
      },
      onmessage: ({ data }) => onMessage(client, data),
      onclose: ({ code, reason }) => onClose(client, code, reason),
    });
  } catch (cause) {
    lost(client, new ConnectionError('no_url', String(cause), { cause }), 'never');
  }
}

function onMessage(client: ClientState, text: unknown): void {
  const { roster } = client;
  client.heartbeat?.heard();
  const frame = decode(text);
  if (!frame) return log(client, 'not understood', text);
  // What it is and where it belongs, not what the app's people said.
  const { data: _, ...told } = frame;
  log(client, '←', told.type ?? told.event, told.topic ?? '', told);
  if (frame.type === undefined) onEvent(roster, frame);
  else if (frame.type === 'hello') onHello(client, frame);
  else if (frame.type === 'drain') holdOff(client, frame.reconnect_after_ms ?? 0);
  else if (frame.type === 'error' && !frame.topic && !frame.ref) onError(client, frame);
  else onControl(roster, frame);
}

function onHello(client: ClientState, frame: ControlFrame): void {
  client.refusal = undefined;
  onTokenTaken(client, frame, () => endWithoutUser(client));
  if (!step(client, 'live')) return;
  clearTimeout(client.timer);
  client.upSince = Date.now();
  client.notBefore = 0;
  client.heartbeat = startHeartbeat(
    client.settings,
    () => send(client, { action: 'ping' }),
    // Long since, as a rule: a network that was left, or a sleep.
    () => lost(client, new ConnectionError('pong_timeout'), 'now'),
  );
  goOnline(client.roster);
}

/** An error about the connection as a whole; the close that follows says what to do. */
function onError(client: ClientState, frame: ControlFrame): void {
  const { code = 'internal', retry_after_ms } = frame;
  const isOfToken = /^token_|^not_auth/.test(code);
  const refusal = (client.refusal = new (isOfToken ? AuthError : ConnectionError)(
    code,
    frame.message,
  ));
  if (isOfToken && client.phase === 'live')
    onTokenRefused(client, refusal, () => endWithoutUser(client));
  if (retry_after_ms) holdOff(client, retry_after_ms);
}

function onClose(client: ClientState, code: number, reason: string): void {
  const name = code === 3501 ? 'session_revoked' : 'closed';
  const error = client.refusal ?? new ConnectionError(name, reason || undefined);
  if (error instanceof ConnectionError) error.closeCode = code;
  log(client, 'closed', code, reason);
  lost(client, error, afterClose(client, code, error) ?? closeAction(code));
}
