/**
 * The server sets this cookie beside the refresh token's, which scripts cannot
 * see: without it there is no session to renew, and no need to ask and be refused.
 */
const HINT = 'giftboard_session=';

export const hasSessionHint = (): boolean =>
  document.cookie.split('; ').some((cookie) => cookie.startsWith(HINT));

/** The hint was wrong: the session is over. */
export function dropSessionHint(): void {
  document.cookie = `${HINT}; Path=/; Max-Age=0`;
}
