/** The claims of a JWT; undefined when it is none. Nothing is verified. */
function claimsOf(part: string | undefined): Record<string, unknown> | undefined {
  try {
    const claims: unknown = JSON.parse(atob((part ?? '').replace(/-/g, '+').replace(/_/g, '/')));
    return typeof claims === 'object' ? (claims as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** What of a token's claims can be wrong; values of `sub` and the like stay where they are. */
function claimFacts({ exp, nbf, iat, aud, iss, sub, topics }: Record<string, unknown>): string[] {
  const now = Date.now() / 1000;
  const facts: string[] = [];
  if (typeof exp !== 'number') facts.push('it has no exp');
  else if (exp < now) facts.push(`by this device's clock it ended ${Math.round(now - exp)} s ago`);
  const starts = [nbf, iat].filter((time) => typeof time === 'number' && time > now);
  if (starts.length) facts.push("by this device's clock it begins in the future");
  if (typeof sub !== 'string') facts.push('its sub is no string');
  if (topics !== undefined && !Array.isArray(topics)) facts.push('its topics are no array');
  facts.push(aud === undefined ? 'it has no aud' : `its aud is ${JSON.stringify(aud)}`);
  if (iss !== undefined) facts.push(`its iss is ${JSON.stringify(iss)}`);
  return facts;
}

/** In words, what can be seen of a token that was refused; never the token. Empty without one. */
export function tokenFacts(token: string | null | undefined): string {
  if (!token) return '';
  if (/^bearer\s/i.test(token)) return 'It begins with "Bearer ": return the token alone. ';
  const [head, body] = token.split('.');
  const header = claimsOf(head);
  const claims = claimsOf(body);
  if (!header || !claims) return 'It is no JWT. ';
  const facts = [`it is signed with ${String(header.alg)}`, ...claimFacts(claims)];
  return `Seen from here: ${facts.join(', ')}. `;
}
