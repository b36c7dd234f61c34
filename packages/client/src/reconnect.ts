import type { Reconnect } from './codes.gen';

/** A connection that lasted this long, in milliseconds, sets the backoff back to its start. */
export const STABLE_UPTIME_MS = 10_000;

/** The close codes that mean something else than their range says; a test walks all there are. */
const EXCEPTIONS: Readonly<Record<number, Reconnect>> = {
  3000: 'after',
  3001: 'now',
  3003: 'fresh_token',
};

/** The close codes that call for the longest backoff. */
const RARE = /^(100[2379]|3007)$/;

/** The ranges that are final, for the codes that the client does not know, too. */
const FINAL = /^[34][5-9]/;

/** What to do after a close. */
export function closeAction(closeCode: number): Reconnect {
  const code = String(closeCode);
  const general = FINAL.test(code) ? 'never' : 'backoff';
  return EXCEPTIONS[closeCode] ?? (RARE.test(code) ? 'max_backoff' : general);
}

/** How long to wait before the next attempt. */
export interface Backoff {
  /** The server said not to come back before this many milliseconds from now. */
  holdOff(ms: number): void;
  /** The connection is up. */
  up(): void;
  /** It was lost, or never came up: the delay before the next attempt, in milliseconds. */
  next(action: Reconnect): number;
  /** The client stopped on purpose: the next start is a first one. */
  reset(): void;
  /** Milliseconds that the server's wish still forbids an attempt. */
  held(): number;
  /** Whether the connection that is up has lasted long enough to be a sound one. */
  lasted(): boolean;
  /** Failures since the last stable connection. */
  readonly failures: number;
}

/** Full jitter: uniform in [0, min(max, initial·2ⁿ)], reset only after a stable uptime. */
export function createBackoff(
  intervals: () => { reconnectInterval: number; reconnectMaxInterval: number },
): Backoff {
  let failures = 0;
  let upSince = Infinity;
  let notBefore = 0;
  /** How long the server's wish was: a clock that is set back does not make it longer. */
  let wishMs = 0;

  const held = () => Math.min(wishMs, Math.max(0, notBefore - Date.now()));
  const lasted = () => Date.now() - upSince >= STABLE_UPTIME_MS;

  return {
    get failures() {
      return failures;
    },
    held,
    lasted,
    holdOff(ms) {
      wishMs = ms;
      notBefore = Date.now() + ms;
    },
    reset() {
      failures = 0;
    },
    up() {
      upSince = Date.now();
      notBefore = 0;
    },
    next(action) {
      if (lasted()) failures = 0;
      upSince = Infinity;
      const { reconnectInterval: initial, reconnectMaxInterval: max } = intervals();
      const bound = action === 'max_backoff' ? max : Math.min(max, initial * 2 ** failures);
      const isPrompt = !failures++ && (action === 'now' || action === 'fresh_token');
      // The server spreads a drain over its clients itself; its word is exact.
      const isTold = action === 'after' && notBefore;
      return isPrompt || isTold ? held() : Math.max(held(), Math.random() * bound);
    },
  };
}
