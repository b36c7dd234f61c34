// The app's tokens: asked for, renewed in time, and once more when one was refused.

import type { ControlFrame } from './codec';
import type { Reconnect } from './codes.gen';
import { AuthError, type TidingsError } from './errors';
import { MAX_TIMER_MS } from './options';
import { hasLasted } from './reconnect';
import { send, type ClientState } from './state';

/** How much of a token's remaining time is used before the next is asked for. */
const REFRESH_AT = 0.8;

/** The shortest time between two refreshes of a token, in milliseconds. */
export const MIN_REFRESH_MS = 5000;

/** Sends a token over the connection as it is. */
export function sendToken(client: ClientState, token: string | null | undefined): void {
  if (token) send(client, { action: 'auth', token });
}

/**
 * Asks the app for a token; what comes after {@link stopTokens} is ignored.
 *
 * @param use - Called without a token where the app has no getToken, and with null where it has
 * none: then nobody is logged in.
 */
export function askToken(
  client: ClientState,
  use: (token: string | null | undefined) => void,
  failed: (error: TidingsError) => void,
): void {
  const { generation } = client;
  const { getToken } = client.settings;
  (async () => getToken?.({ refused: client.tokenError }))().then(
    (token) => {
      if (generation === client.generation) use(getToken ? token || null : undefined);
    },
    (cause: unknown) => {
      const error = new AuthError('token_failed', String(cause), { cause });
      if (generation === client.generation) failed(error);
    },
  );
}

function refreshIn(client: ClientState, ms: number, onNobody: () => void): void {
  const again = () => refreshIn(client, MIN_REFRESH_MS, onNobody);
  const use = (token: string | null | undefined) =>
    token === null ? onNobody() : sendToken(client, token);
  clearTimeout(client.refreshTimer);
  client.refreshTimer = setTimeout(
    () => askToken(client, use, again),
    Math.min(Math.max(ms, MIN_REFRESH_MS), MAX_TIMER_MS),
  );
}

/** The server took the token. */
export function onTokenTaken(
  client: ClientState,
  { expires_in_ms: left = 0 }: ControlFrame,
  onNobody: () => void,
): void {
  // A login can be revoked as often as it is renewed: then only a sound connection counts.
  if (client.tokenError?.code !== 'session_revoked') client.refusals = 0;
  client.tokenError = undefined;
  if (client.settings.getToken && left > 0) refreshIn(client, left * REFRESH_AT, onNobody);
}

/** The server refused a fresher token; the session goes on with the one that it has. */
export function onTokenRefused(
  client: ClientState,
  error: TidingsError,
  onNobody: () => void,
): void {
  if (!client.tokenError) refreshIn(client, MIN_REFRESH_MS, onNobody);
  client.tokenError = error;
}

/**
 * The connection was closed. Returns what follows if the token was why: the app is asked once more,
 * then it is over.
 */
export function afterClose(
  client: ClientState,
  code: number,
  error: TidingsError,
): Reconnect | undefined {
  const isExpiry = code === 3003;
  // The token is invalid, or its login was revoked.
  if (!isExpiry && code !== 3500 && code !== 3501) return undefined;
  client.tokenError = error;
  if (hasLasted(client)) client.refusals = 0;
  // That a session outlives its token is nobody's mistake.
  const isOver = isExpiry && client.phase === 'live';
  return client.settings.getToken && (isOver || !client.refusals++) ? 'fresh_token' : 'never';
}

/** Nothing is wanted for now. */
export function stopTokens(client: ClientState): void {
  client.generation++;
  clearTimeout(client.refreshTimer);
}

/** Another login, or another start: what was refused counts no more. */
export function forgetRefusals(client: ClientState): void {
  client.tokenError = undefined;
  client.refusals = 0;
}
