import { tagPosition } from '@tidings/react';

import { createSession } from './session';
import type { Login, Read } from './types';

/** A request without an answer for this long is given up, in milliseconds. */
const TIMEOUT_MS = 20_000;

async function send(method: string, path: string, token: string | null, body?: unknown) {
  const headers = new Headers();
  if (token) headers.set('Authorization', `Bearer ${token}`);
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  return fetch(`/api/v1${path}`, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}

/** This tab's login: the refresh token is a cookie, the access token is in memory only. */
export const session = createSession(async () => {
  const response = await send('POST', '/auth/refresh', null);
  if (response.status === 401) return null;
  if (!response.ok) throw new Error(await problemOf(response));
  return (await response.json()) as Login;
});

async function request(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await send(method, path, await session.token(), body);
  if (!response.ok) throw new Error(await problemOf(response));
  if (response.status === 204) return undefined;
  // Says up to where the data includes a topic's events.
  return tagPosition(await response.json(), response.headers.get('Tidings-Position'));
}

/** The server's reason, in words for people. */
async function problemOf(response: Response): Promise<string> {
  const problem = (await response.json().catch(() => ({}))) as { detail?: string };
  return problem.detail ?? `the server answered ${response.status}`;
}

export const apiClient = {
  get: <Path extends string>(path: Path) => request('GET', path) as Promise<Read<Path>>,
  post: <T = unknown>(path: string, body?: unknown) => request('POST', path, body) as Promise<T>,
  patch: <T = unknown>(path: string, body: unknown) => request('PATCH', path, body) as Promise<T>,
};
