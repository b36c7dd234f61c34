import { MISTAKES } from './mistakes';

/** How long a probe waits for an answer, in milliseconds. */
export const PROBE_TIMEOUT_MS = 5000;

/** What an answer over HTTP says of the URL at which a WebSocket fails. */
async function explain(url: string, response: Response): Promise<string> {
  const { status, redirected, headers } = response;
  const type = headers.get('content-type') ?? '';
  if (redirected) return MISTAKES.redirect(url, response.url.replace(/^http/, 'ws'));
  const code = /json/.test(type) ? await codeOf(response) : undefined;
  if (code === 'token_in_url') return MISTAKES.tokenInUrl(url);
  if (status === 403) return MISTAKES.origin(globalThis.location?.origin ?? 'this origin');
  if (status === 404) return MISTAKES.notFound(url);
  if (status === 421) return MISTAKES.wrongHost(url);
  if (status === 426) return MISTAKES.proxyDropsUpgrade(url);
  if (status === 429 || status === 503) return MISTAKES.busy(url, status);
  if (status === 502 || status === 504) return MISTAKES.gateway(url, status);
  return /html/.test(type) ? MISTAKES.htmlPage(url) : MISTAKES.status(url, status);
}

async function codeOf(response: Response): Promise<string | undefined> {
  try {
    return ((await response.json()) as { code?: string }).code;
  } catch {
    return undefined;
  }
}

/**
 * Asks over HTTP what a WebSocket's failure keeps to itself: who answers at its URL, if anybody.
 * Sends neither a token nor cookies.
 */
export async function probe(url: string): Promise<string> {
  const http = url.replace(/^ws/, 'http');
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PROBE_TIMEOUT_MS);
  const options = { cache: 'no-store', credentials: 'omit', signal: abort.signal } as const;
  try {
    return await explain(url, await fetch(http, options));
  } catch {
    // Nobody there, or somebody who lets this origin read nothing.
    try {
      await fetch(http, { ...options, mode: 'no-cors' });
      return MISTAKES.unreadable(url);
    } catch {
      return MISTAKES.nothingThere(url);
    }
  } finally {
    clearTimeout(timer);
  }
}
