import type { Auth } from './types';

/** An access token with less life than this is renewed before it is used. */
export const RENEW_BEFORE_MS = 15_000;

type Listener = (auth: Auth | null) => void;

/**
 * The session as this tab knows it. The access token lives in this object only,
 * never in storage; the refresh token is a cookie that scripts cannot read.
 */
export class Session {
  #auth: Auth | null = null;
  #refreshing: Promise<Auth | null> | null = null;
  readonly #listeners = new Set<Listener>();
  readonly #fetchAuth: () => Promise<Auth | null>;

  /** `fetchAuth` trades the cookie for a new session: null when there is none any more. */
  constructor(fetchAuth: () => Promise<Auth | null>) {
    this.#fetchAuth = fetchAuth;
  }

  get current(): Auth | null {
    return this.#auth;
  }

  set(auth: Auth | null): void {
    this.#auth = auth;
    for (const listener of this.#listeners) listener(auth);
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A token good for a request now, renewed if it is about to end. */
  async token(now = Date.now()): Promise<string | null> {
    if (!this.#auth) return null;
    const endsAt = Date.parse(this.#auth.expires_at);
    if (endsAt - now > RENEW_BEFORE_MS) return this.#auth.access_token;
    return (await this.refresh())?.access_token ?? null;
  }

  /** Renews the session; callers at the same time share one request. */
  refresh(): Promise<Auth | null> {
    this.#refreshing ??= this.#renew().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #renew(): Promise<Auth | null> {
    const before = this.#auth;
    const auth = await this.#fetchAuth();
    // Somebody logged in or out meanwhile: their session counts.
    if (this.#auth !== before) return this.#auth;
    this.set(auth);
    return auth;
  }
}
