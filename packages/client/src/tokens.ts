import type { ControlFrame } from './codec';
import type { Reconnect } from './codes.gen';
import { AuthError, type TidingsError } from './errors';
import { MAX_TIMER_MS, type TokenRefusal, type WebSocketOptions } from './options';

/** How much of a token's remaining time is used before the next is asked for. */
const REFRESH_AT = 0.8;

/** The shortest time between two refreshes of a token, in milliseconds. */
export const MIN_REFRESH_MS = 5000;

/** The app's tokens: asked for, renewed in time, and once more when one was refused. */
export interface Tokens {
  /** Asks the app for a token; whatever comes after `stop()` is ignored. */
  ask(use: (token?: string | null) => void, failed: (error: TidingsError) => void): void;
  /** The server took the token. */
  onHello(frame: ControlFrame): void;
  /** The server refused a fresher token; the session goes on with the one that it has. */
  onRefusal(error: TidingsError): void;
  /**
   * The connection was closed. Returns what follows if the token was why: the app is asked once
   * more, then it is over.
   */
  onClose(
    code: number,
    error: TidingsError,
    isLive: boolean,
    hasLasted: boolean,
  ): Reconnect | undefined;
  /** Nothing is wanted for now. */
  stop(): void;
  /** Another login, or another start: what was refused counts no more. */
  forget(): void;
}

/**
 * @param getToken - The app's, as it is configured now.
 * @param send - Sends a token over the connection as it is.
 * @param onNobody - The app has no token: nobody is logged in.
 */
export function createTokens(
  getToken: () => WebSocketOptions['getToken'],
  send: (token?: string | null) => void,
  onNobody: () => void,
): Tokens {
  /** Raised by `stop()`: answers to older questions come too late. */
  let generation = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let refused: TokenRefusal | undefined;
  let refusals = 0;

  function ask(use: (token?: string | null) => void, failed: (error: TidingsError) => void): void {
    const mine = generation;
    const get = getToken();
    (async () => get?.({ refused }))().then(
      (token) => {
        if (mine !== generation) return;
        if (get && !token) onNobody();
        else use(token);
      },
      (cause: unknown) => {
        const error = new AuthError('token_failed', `no token: ${String(cause)}`, { cause });
        if (mine === generation) failed(error);
      },
    );
  }

  function refreshIn(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(
      () => ask(send, () => refreshIn(MIN_REFRESH_MS)),
      Math.min(Math.max(ms, MIN_REFRESH_MS), MAX_TIMER_MS),
    );
  }

  return {
    ask,
    onHello({ expires, expires_in_ms }) {
      // A login can be revoked as often as it is renewed: then only a sound connection counts.
      if (refused?.code !== 'session_revoked') refusals = 0;
      refused = undefined;
      // Older servers say only until when, and the device's clock may be wrong.
      const left = expires_in_ms ?? Date.parse(expires ?? '') - Date.now();
      if (getToken() && left > 0) refreshIn(left * REFRESH_AT);
    },
    onRefusal(error) {
      if (!refused) refreshIn(MIN_REFRESH_MS);
      refused = error;
    },
    onClose(code, error, isLive, hasLasted) {
      const isExpiry = code === 3003;
      // The token is invalid, or its login was revoked.
      if (!isExpiry && code !== 3500 && code !== 3501) return;
      refused = error;
      if (hasLasted) refusals = 0;
      // That a session outlives its token is nobody's mistake.
      const isOver = isLive && isExpiry;
      return getToken() && (isOver || !refusals++) ? 'fresh_token' : 'never';
    },
    stop() {
      generation++;
      clearTimeout(timer);
    },
    forget() {
      refused = undefined;
      refusals = 0;
    },
  };
}
