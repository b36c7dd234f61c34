import createClient, { type Client, type Middleware } from 'openapi-fetch';

import type { paths } from './schema';

/** Where the API lives, relative to the page. */
const DEFAULT_BASE_URL = '/api/v1';

export interface ApiClientOptions {
  /**
   * Where the API lives.
   * @default '/api/v1'
   */
  baseUrl?: string;
  /** The access token to send, or null to send none. */
  getToken?: () => string | null | Promise<string | null>;
  /**
   * Called when a request with a token was refused as unauthorized. With a new
   * token the request is sent once more; without one the refusal stands.
   */
  onUnauthorized?: () => string | null | void | Promise<string | null | void>;
  /** @default globalThis.fetch */
  fetch?: (request: Request) => Promise<Response>;
}

/** A typed client: `client.GET('/gifts/{id}', { params: { path: { id } } })`. */
export type ApiClient = Client<paths>;

export function createApiClient(options: ApiClientOptions = {}): ApiClient {
  const send = options.fetch ?? ((request: Request) => globalThis.fetch(request));
  const client = createClient<paths>({
    baseUrl: options.baseUrl ?? DEFAULT_BASE_URL,
    credentials: 'same-origin',
    fetch: send,
  });
  client.use(bearer(options, send));
  return client;
}

function bearer(
  { getToken, onUnauthorized }: ApiClientOptions,
  send: (request: Request) => Promise<Response>,
): Middleware {
  // What to send once more, by request: a body can be read only once.
  const again = new Map<string, Request>();
  return {
    async onRequest({ request, id }) {
      const token = await getToken?.();
      if (!token) return undefined;
      request.headers.set('Authorization', `Bearer ${token}`);
      if (onUnauthorized) again.set(id, request.clone());
      return request;
    },
    async onResponse({ response, id }) {
      const request = again.get(id);
      again.delete(id);
      if (response.status !== 401 || !request) return undefined;
      const token = await onUnauthorized?.();
      if (!token) return undefined;
      request.headers.set('Authorization', `Bearer ${token}`);
      return send(request);
    },
    onError({ id }) {
      again.delete(id);
    },
  };
}
