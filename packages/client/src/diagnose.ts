// Finds out what is wrong when there is no connection. For development alone: the client calls it
// where bundlers can strip it.

import { environmentUrl, resolveUrl } from './env';
import type { TidingsError } from './errors';
import { MISTAKES, say } from './mistakes';
import type { WebSocketOptions } from './options';
import { probe } from './probe';
import { tokenFacts } from './token-facts';

/** After how many failures in a row it is looked into over HTTP, once. */
export const PROBE_AFTER = 2;

/** A connection that failed, and what is known of it. */
export interface Failure {
  error: TidingsError & { closeCode?: number };
  options: WebSocketOptions;
  /** The token that was used. */
  lastToken: string | null | undefined;
  /** Attempts that failed in a row. */
  failures: number;
  /** Whether the client has given up. */
  isFinal: boolean;
}

/** Where the page's CSP has forbidden something. */
const forbidden = new Set<string>();

/** The client that came first; another copy of this module has another. */
const FIRST = Symbol.for('tidings.client');

/** What has to be known before anything fails. Called by each client. */
export function prepare(): void {
  const { document } = globalThis;
  // Servers load one copy for each layer of an app.
  if (!document?.addEventListener) return;
  const shared = globalThis as { [FIRST]?: unknown };
  if ((shared[FIRST] ??= forbidden) !== forbidden) say('two_copies', MISTAKES.twoCopies());
  // The same function each time, so that it listens once.
  document.addEventListener('securitypolicyviolation', onViolation);
}

function onViolation({ effectiveDirective, blockedURI }: SecurityPolicyViolationEvent): void {
  if (effectiveDirective === 'connect-src') forbidden.add(blockedURI);
}

function isForbidden(url: string): boolean {
  if (!forbidden.size) return false;
  const { origin } = new URL(url);
  return [...forbidden].some((uri) => uri === origin || uri.startsWith(url) || url.startsWith(uri));
}

/** What is wrong with the URL or the runtime, before anything was sent. */
function ofUrl({ error, options }: Failure): string | undefined {
  const wanted = options.url ?? environmentUrl();
  if (error.code !== 'no_url') return;
  if (!options.WebSocket && typeof WebSocket === 'undefined') return MISTAKES.noSocket();
  try {
    const url = resolveUrl(options.url);
    const isMixed = globalThis.location?.protocol === 'https:' && /^ws:/.test(url);
    return isMixed ? MISTAKES.mixedContent(url) : MISTAKES.badUrl(url);
  } catch {
    return wanted ? MISTAKES.badUrl(wanted) : MISTAKES.noUrl();
  }
}

/** What is wrong with the token, or with its absence. */
function ofToken({ error, options, lastToken, failures, isFinal }: Failure): string | undefined {
  const { code, closeCode, message } = error;
  if (code === 'token_failed' && failures >= PROBE_AFTER) return MISTAKES.tokenFailed(message);
  if (!options.getToken && (closeCode === 3006 || code === 'not_authenticated'))
    return MISTAKES.noToken();
  if (!isFinal) return;
  const isOfToken = /^token_/.test(code) || closeCode === 3500;
  if (!options.getToken && isOfToken) return MISTAKES.noToken();
  if (code === 'token_expired') return MISTAKES.tokenExpired(tokenFacts(lastToken));
  // The hub says of a token that comes again only that it was revoked.
  if (code === 'session_revoked' || /revoked/.test(message)) return MISTAKES.loginEnded();
  if (isOfToken) return MISTAKES.tokenRefused(tokenFacts(lastToken));
}

/** What can be told of a connection that could not be made, after a look over HTTP if it must be. */
async function ofServer({
  error,
  options,
  failures,
  isFinal,
}: Failure): Promise<string | undefined> {
  const url = resolveUrl(options.url);
  if (error.closeCode === 3503)
    return MISTAKES.origin(globalThis.location?.origin ?? 'this origin');
  if (isForbidden(url)) return MISTAKES.csp(url);
  const isDue = failures === PROBE_AFTER || isFinal;
  if (!isDue || !['closed', 'timeout'].includes(error.code)) return;
  if (error.code === 'closed' && error.closeCode !== 1006) return;
  // With a WebSocket of its own the app may be anywhere, and a test must not reach for the network.
  if (options.WebSocket || typeof fetch === 'undefined') return;
  const found = await probe(url);
  if (isForbidden(url)) return MISTAKES.csp(url);
  const isDefault = !options.url && !environmentUrl();
  const isOfWebsite = found === MISTAKES.htmlPage(url) || found === MISTAKES.notFound(url);
  if (isDefault && isOfWebsite) return MISTAKES.defaultUrl(url);
  return error.code === 'timeout' && found === MISTAKES.proxyDropsUpgrade(url)
    ? MISTAKES.silent(url)
    : found;
}

/** Says what is wrong, as exactly as it can be known, once for each cause. */
export async function diagnose(failure: Failure): Promise<void> {
  const { code, closeCode } = failure.error;
  const name = closeCode ? `${code} ${closeCode}` : code;
  const known = ofUrl(failure) ?? ofToken(failure);
  if (known) return say(name, known);
  // What the page's CSP forbids is told in a task of its own.
  await new Promise((resolve) => setTimeout(resolve));
  const found = failure.error.code === 'no_url' ? undefined : await ofServer(failure);
  if (found) say(name, found);
}
