import type { Login } from './types';

/** An access token with less life than this is renewed before it is used, in milliseconds. */
const RENEW_BEFORE_MS = 15_000;

/**
 * The user, as a store that React can read.
 *
 * @param refresh - Trades the refresh cookie for a new login; null when there is none.
 */
export function createSession(refresh: () => Promise<Login | null>) {
  let login: Login | null = null;
  let renewal: Promise<Login | null> | undefined;
  const listeners = new Set<() => void>();

  function set(next: Login | null): void {
    login = next;
    for (const listener of listeners) listener();
  }

  async function renewNow(): Promise<Login | null> {
    const before = login;
    const renewed = await refresh();
    // Somebody may have logged in or out meanwhile: that counts.
    if (login === before) set(renewed);
    return login;
  }

  /** Callers at the same time share one request: a refresh token can be used once. */
  const renew = () => (renewal ??= renewNow().finally(() => (renewal = undefined)));

  /** Who was logged in before the page was loaded: asked once, unless that failed. */
  let restoring: Promise<unknown> | undefined;
  const restore = () => (restoring ??= renew().catch(() => (restoring = undefined)));

  return {
    current: () => login,
    set,
    restore,
    onChange(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async token(): Promise<string | null> {
      await restore();
      if (!login) return null;
      const left = Date.parse(login.expires_at) - Date.now();
      return (left > RENEW_BEFORE_MS ? login : await renew())?.access_token ?? null;
    },
  };
}
