import { tagPosition } from '@tidings/client';

import { ApiError, NetworkError } from './problem';
import { Session } from './session';
import { dropSessionHint, hasSessionHint } from './session-hint';
import type { Auth, Page } from './types';

export const API_BASE = '/api/v1';

/** A request without an answer for this long is given up. */
export const REQUEST_TIMEOUT_MS = 20_000;

/** Elements asked for per page when a collection is wanted whole; the server's most. */
export const PAGE_SIZE = 200;

export interface RequestOptions {
  signal?: AbortSignal;
  /** Makes a repeated write take effect once, and ties its event to our optimistic layer. */
  mutationId?: string;
  /** @default REQUEST_TIMEOUT_MS */
  timeoutMs?: number;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

async function send(method: Method, path: string, body: unknown, init: RequestInit, ms: number) {
  const timeout = AbortSignal.timeout(ms);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  try {
    return await fetch(`${API_BASE}${path}`, {
      ...init,
      method,
      signal,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new NetworkError(
      timeout.aborted
        ? 'The server did not answer in time. Please try again.'
        : 'The server cannot be reached. Are you online?',
      { cause },
    );
  }
}

async function fetchAuth(): Promise<Auth | null> {
  if (!hasSessionHint()) return null;
  const response = await send('POST', '/auth/refresh', undefined, {}, REQUEST_TIMEOUT_MS);
  if (response.ok) return (await response.json()) as Auth;
  if (response.status >= 500 || response.status === 429) throw await ApiError.from(response);
  dropSessionHint();
  return null;
}

/** This tab's session. */
export const session = new Session(fetchAuth);

function headersFor(token: string | null, body: unknown, mutationId: string | undefined) {
  const headers = new Headers({ Accept: 'application/json' });
  if (token) headers.set('Authorization', `Bearer ${token}`);
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  if (mutationId) headers.set('Mutation-Id', mutationId);
  return headers;
}

async function request<T>(
  method: Method,
  path: string,
  body: unknown,
  { signal, mutationId, timeoutMs = REQUEST_TIMEOUT_MS }: RequestOptions = {},
): Promise<T> {
  const attempt = (token: string | null) => {
    const init: RequestInit = { headers: headersFor(token, body, mutationId) };
    if (signal) init.signal = signal;
    return send(method, path, body, init, timeoutMs);
  };

  const token = await session.token();
  let response = await attempt(token);
  // The token may have ended on its way; a session that is over stays refused.
  if (response.status === 401 && token) {
    const renewed = await session.refresh();
    if (renewed) response = await attempt(renewed.access_token);
  }
  if (!response.ok) throw await ApiError.from(response);
  if (response.status === 204) return undefined as T;

  return tagPosition((await response.json()) as T, response.headers.get('Tidings-Position'));
}

/** The REST API in four verbs. Paths are relative to {@link API_BASE}. */
export const apiClient = {
  get: <T>(path: string, options?: RequestOptions) => request<T>('GET', path, undefined, options),
  post: <T>(path: string, body?: unknown, options?: RequestOptions) =>
    request<T>('POST', path, body, options),
  patch: <T>(path: string, body: unknown, options?: RequestOptions) =>
    request<T>('PATCH', path, body, options),
  delete: (path: string, options?: RequestOptions) =>
    request<void>('DELETE', path, undefined, options),
};

/** Reads a paged collection to its end. */
export async function getAll<T>(path: string, options?: RequestOptions): Promise<T[]> {
  const all: T[] = [];
  let cursor = '';
  do {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE), ...(cursor && { cursor }) });
    const page = await apiClient.get<Page<T>>(`${path}?${query}`, options);
    all.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== '');
  return all;
}

/** A fresh id for one write. */
export const newMutationId = (): string =>
  // randomUUID needs a secure context, which a page over plain HTTP on a LAN is not.
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
