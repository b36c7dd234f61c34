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
  nextDelay(action: Reconnect): number;
  /** Milliseconds that the server's wish still forbids an attempt. */
  held(): number;
  /** Whether the connection that is up has lasted long enough to be a sound one. */
  lasted(): boolean;
  /** Failures since the last stable connection, or stop. */
  failures: number;
}

/** Full jitter: uniform in [0, min(max, initial·2ⁿ)], reset only after a stable uptime. */
export function createBackoff(
  intervals: () => { reconnectInterval: number; reconnectMaxInterval: number },
): Backoff {
  let upSince = Infinity;
  let notBefore = 0;
  /** How long the server's wish was: a clock that is set back does not make it longer. */
  let wishMs = 0;

  const backoff: Backoff = {
    failures: 0,
    held: () => Math.min(wishMs, Math.max(0, notBefore - Date.now())),
    lasted: () => Date.now() - upSince >= STABLE_UPTIME_MS,
    holdOff(ms) {
      wishMs = ms;
      notBefore = Date.now() + ms;
    },
    up() {
      upSince = Date.now();
      notBefore = 0;
    },
    nextDelay(action) {
      if (backoff.lasted()) backoff.failures = 0;
      upSince = Infinity;
      const { reconnectInterval: initial, reconnectMaxInterval: max } = intervals();
      const { failures } = backoff;
      const bound = action === 'max_backoff' ? max : Math.min(max, initial * 2 ** failures);
      backoff.failures++;
      const isPrompt = !failures && (action === 'now' || action === 'fresh_token');
      // The server spreads a drain over its clients itself; its word is exact.
      const isTold = action === 'after' && notBefore;
      return Math.max(backoff.held(), isPrompt || isTold ? 0 : Math.random() * bound);
    },
  };
  return backoff;
}
