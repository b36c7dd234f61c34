/**
 * What this tab remembers of its last user, so that nobody else gets to where they were. It lies
 * in the tab's storage: phones drop a page and load it again later, perhaps for somebody else.
 */
interface LastUser {
  id: string;
  /** Where their session ended; null when they logged out on purpose. */
  address: string | null;
}

const STORAGE_KEY = 'tidings-last-user';

export const HOME = '/';

function lastUser(): LastUser | null {
  const stored = sessionStorage.getItem(STORAGE_KEY);
  return stored === null ? null : (JSON.parse(stored) as LastUser);
}

const remember = (last: LastUser) => sessionStorage.setItem(STORAGE_KEY, JSON.stringify(last));

/** A user is signed in here now. */
export const userEntered = (id: string): void => remember({ id, address: HOME });

/** The user logged out: nothing leads back to where they were. */
export function userLoggedOut(): void {
  const last = lastUser();
  if (last) remember({ ...last, address: null });
}

/** The session has ended at an address. Only its user gets back to it. */
export function sessionEnded(address: string): void {
  const last = lastUser();
  if (last && last.address !== null && address !== HOME) remember({ ...last, address });
}

/** Reports whether somebody has been signed in here. */
export const wasUsed = (): boolean => lastUser() !== null;

/** Reports whether the last user of this tab is somebody else. */
export function wasUsedByAnother(id: string): boolean {
  const last = lastUser();
  return last !== null && last.id !== id;
}

/**
 * Where a user goes after a log-in: back to where their own session ended, or, in a tab that
 * nobody else used, to where the link led that they opened (`next`).
 */
export function wayOn(id: string, next: unknown): string {
  const last = lastUser();
  if (last === null) return pathHere(next);
  return last.id === id ? (last.address ?? HOME) : HOME;
}

/** The path of ours that an address names; home for every other address. */
export function pathHere(address: unknown, origin = window.location.origin): string {
  if (typeof address !== 'string' || !address.startsWith('/')) return HOME;
  if (!URL.canParse(address, origin)) return HOME;
  const url = new URL(address, origin);
  // A path may begin with two slashes once its dots are resolved: "/.//evil.example".
  if (url.origin !== origin || url.pathname.startsWith('//')) return HOME;
  return url.pathname + url.search + url.hash;
}
