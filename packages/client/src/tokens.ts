import type { ControlFrame } from './codec';
import type { Reconnect } from './codes.gen';
import { AuthError, type TidingsError } from './errors';
import { MAX_TIMER_MS, type TokenRefusal, type WebSocketOptions } from './options';

/** How much of a token's remaining time is used before the next is asked for. */
const REFRESH_AT = 0.8;

/** The shortest time between two refreshes of a token, in milliseconds. */
export const MIN_REFRESH_MS = 5000;

/** The closes that refuse a token, and why. */
const REFUSALS: Readonly<Record<number, string>> = {
  3003: 'token_expired',
  3500: 'token_invalid',
  3501: 'session_revoked',
};

/** What the tokens need of the client. */
export interface TokenOwner {
  getToken(): WebSocketOptions['getToken'];
  /** Sends a token over the connection as it is. */
  send: (token?: string | null) => void;
  /** The app has no token: nobody is logged in. */
  onNobody(): void;
  log(message: string): void;
}

/** The app's tokens: asked for, renewed in time, and once more when one was refused. */
export interface Tokens {
  /** The token that was used last. */
  readonly latest: string | null | undefined;
  /** Asks the app for a token; whatever comes after `stop()` is ignored. */
  ask(use: (token?: string | null) => void, failed: (error: TidingsError) => void): Promise<void>;
  /** The server took the token. */
  onHello(frame: ControlFrame): void;
  /** The server refused a fresher token, and the session goes on with the one that it has. */
  onRefusedRefresh(refusal: TokenRefusal): void;
  /**
   * The connection was closed. Returns what follows if the token was why: the app is asked once
   * more, then it is over.
   */
  onClose(
    code: number,
    message: string,
    isLive: boolean,
    hasLasted: boolean,
  ): Reconnect | undefined;
  /** Nothing is wanted for now. */
  stop(): void;
  /** Another login, or another start: what was refused counts no more. */
  forget(): void;
}

export function createTokens(owner: TokenOwner): Tokens {
  /** Raised by `stop()`: answers to older questions come too late. */
  let generation = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest: string | null | undefined;
  let refused: TokenRefusal | undefined;
  let refusals = 0;

  const ask: Tokens['ask'] = async (use, failed) => {
    const mine = generation;
    const getToken = owner.getToken();
    let token: string | null | undefined;
    try {
      token = await getToken?.({ refused });
    } catch (cause) {
      const error = new AuthError('token_failed', `no token: ${String(cause)}`, { cause });
      if (mine === generation) failed(error);
      return;
    }
    if (mine !== generation) return;
    latest = token;
    if (getToken && !token) owner.onNobody();
    else use(token);
  };

  function refreshIn(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(
      () =>
        void ask(owner.send, ({ message }) => {
          owner.log(message);
          refreshIn(MIN_REFRESH_MS);
        }),
      Math.min(Math.max(ms, MIN_REFRESH_MS), MAX_TIMER_MS),
    );
  }

  return {
    get latest() {
      return latest;
    },
    ask,
    onHello({ expires, expires_in_ms }) {
      // A login can be revoked as often as it is renewed: then only a sound connection counts.
      if (refused?.code !== REFUSALS[3501]) refusals = 0;
      refused = undefined;
      // Older servers say only until when, and the device's clock may be wrong.
      const left = expires_in_ms ?? Date.parse(expires ?? '') - Date.now();
      if (owner.getToken() && left > 0) refreshIn(left * REFRESH_AT);
    },
    onRefusedRefresh(refusal) {
      if (!refused) refreshIn(MIN_REFRESH_MS);
      refused = refusal;
    },
    onClose(closeCode, message, isLive, hasLasted) {
      const code = REFUSALS[closeCode];
      if (!code) return;
      refused = { code, message };
      if (hasLasted) refusals = 0;
      // That a session outlives its token is nobody's mistake.
      const isOver = isLive && closeCode === 3003;
      return owner.getToken() && (isOver || !refusals++) ? 'fresh_token' : 'never';
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
