// What goes wrong in an app that uses the bridge or a binding, in words: one message for each
// mistake. Production builds have the code alone; the guide's table has the words.

/** A mistake's code, as it stands in the guide under "When something is wrong". */
export type Mistake = 'R1' | 'R2' | 'R3' | 'R4' | 'R5' | 'R6' | 'R7' | 'R8';

const WORDS: Record<Mistake, (what?: string, more?: string) => string> = {
  R1: (provider) =>
    `no ${provider} above this component. Put one there, inside what provides the QueryClient.`,
  R2: (hook) =>
    `${hook} was called in a Server Component, where there is no connection. ` +
    `Call it in a component whose file begins with 'use client'.`,
  R3: (topic, code) =>
    `the topic "${topic}" was refused (${code}): no events come for it. ` +
    `Check the topic's name, and that the server or the token lets this user read it.`,
  R4: (key, like) =>
    `no query has a key that begins with ${key}, so its events refresh nothing. ` +
    (like
      ? `There is ${like}: 1 and '1' are different keys.`
      : `Use the queryKey of the useQuery that it is to keep right.`),
  R5: (key, topic) =>
    `the data of ${key} has lost its position in "${topic}", so every event costs a fetch. ` +
    `Return what the REST client returned, or hand the position on: ` +
    `tagPosition(result, positionsOf(response)).`,
  R6: (key) =>
    `${key} is kept right by events, but has staleTime 0: each mount and window focus fetches it. ` +
    `Leave staleTime out, or set it to Infinity.`,
  R7: (name) =>
    `two copies of @tidings/${name} are in this page: a hook does not find its provider, or each ` +
    `event is fetched twice. See them with "npm ls @tidings/${name}", and keep one; if it lists ` +
    `one, some code loads it with import and some with require: let all of it use the same.`,
  R8: (key) =>
    `events cannot refresh ${key}, whose staleTime is 'static'. ` +
    `Use another staleTime, or do not sync it.`,
};

/** What a mistake says. */
export function wordsOf(code: Mistake, ...what: string[]): string {
  const name = `[tidings] TIDINGS-${code}: `;
  if (process.env.NODE_ENV !== 'production') return name + WORDS[code](...what);
  return `${name}${what.join(' ')} (see the guide)`;
}

/** The messages about each object, so that each is logged once. */
const said = new WeakMap<object, Set<string>>();

/** Warns of a mistake on the console, once for each owner. For development: nothing else calls it. */
export function complain(code: Mistake, owner: object, ...what: string[]): void {
  const words = wordsOf(code, ...what);
  const all = said.get(owner) ?? new Set();
  said.set(owner, all);
  if (all.has(words)) return;
  all.add(words);
  console.warn(words);
}

/**
 * Looks, for development, whether a second copy of a package looks after one thing.
 *
 * @param mine - Something that this copy has, and no other.
 */
export function hasOtherCopy(name: string, thing: object, mine: object): boolean {
  const key = Symbol.for(`tidings.${name}`);
  const owners = thing as Record<symbol, object>;
  if (!owners[key]) Object.defineProperty(thing, key, { value: mine, configurable: true });
  return owners[key] !== mine;
}
