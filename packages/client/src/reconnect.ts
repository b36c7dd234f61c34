import type { Reconnect } from './codes.gen';
import type { ClientState } from './state';

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

/** Milliseconds that the server's wish still forbids an attempt. */
export const held = ({ wishMs, notBefore }: ClientState): number =>
  Math.min(wishMs, Math.max(0, notBefore - Date.now()));

/** Whether the connection that is up has lasted long enough to be a sound one. */
export const hasLasted = ({ upSince }: ClientState): boolean =>
  Date.now() - upSince >= STABLE_UPTIME_MS;

/** The server said not to come back before this many milliseconds from now. */
export function holdOff(client: ClientState, ms: number): void {
  client.wishMs = ms;
  client.notBefore = Date.now() + ms;
}

/**
 * The connection was lost, or never came up: the delay before the next attempt, in milliseconds.
 * Full jitter: uniform in [0, min(max, initial·2ⁿ)], reset only after a stable uptime.
 */
export function nextDelay(client: ClientState, action: Reconnect): number {
  if (hasLasted(client)) client.failures = 0;
  client.upSince = Infinity;
  const { reconnectInterval: initial, reconnectMaxInterval: max } = client.settings;
  const failures = client.failures++;
  const bound = action === 'max_backoff' ? max : Math.min(max, initial * 2 ** failures);
  const isPrompt = !failures && (action === 'now' || action === 'fresh_token');
  // The server spreads a drain over its clients itself; its word is exact.
  const isTold = action === 'after' && client.notBefore;
  return Math.max(held(client), isPrompt || isTold ? 0 : Math.random() * bound);
}
