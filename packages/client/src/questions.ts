import { DUE, LATER, named, presentTopics, type Entry, type Roster } from './entries';

/** The most topics in a frame: it fits 64 KiB, however long they and their epochs are. */
export const MAX_TOPICS_PER_FRAME = 150;

/**
 * The time from one round of frames about topics to the next in the long run, in milliseconds, and
 * how far it may run ahead. The server's rate has room for two frames a round.
 */
export const PACE_MS = 120;
export const BURST_MS = 3000;

/** How long a topic without handlers stays subscribed, in milliseconds. */
export const LINGER_MS = 1000;

function flushSoon(roster: Roster): void {
  if (!roster.isOnline) return;
  // Never longer than a round, whatever becomes of the device's clock.
  const ms = Math.min(PACE_MS, roster.nextAt - Date.now());
  roster.flushTimer ??= setTimeout(flush, ms, roster);
}

function flush(roster: Roster): void {
  const { byAlias, leaving, send } = roster;
  roster.flushTimer = undefined;
  roster.nextAt = Math.max(roster.nextAt, Date.now() - BURST_MS) + PACE_MS;
  const left = [...leaving];
  leaving.clear();
  while (left.length) {
    send({ action: 'unsubscribe', topics: left.splice(0, MAX_TOPICS_PER_FRAME) });
  }
  const due = [...byAlias.values()].filter(({ question }) => question === DUE);
  const present = presentTopics(roster);
  while (due.length) {
    const ref = String(++roster.refs);
    const topics = due.splice(0, MAX_TOPICS_PER_FRAME).map((entry) => {
      const { alias, ownName = alias, cursor } = entry;
      entry.question = ref;
      entry.isPresent = present.has(ownName);
      return { topic: alias, since: cursor, presence: entry.isPresent || undefined };
    });
    send({ action: 'subscribe', topics, ref });
  }
}

/** Asks for a topic in this tick, or in a while if there was much; later if the server said so. */
export function askSoon(entry: Entry): void {
  if (entry.question === LATER) return;
  entry.question = DUE;
  flushSoon(entry.roster);
}

/** Lets go of a topic at once. */
export function remove({ roster, alias, ownName = alias, ...entry }: Entry): void {
  clearTimeout(entry.timer);
  roster.byAlias.delete(alias);
  const others = named(roster, ownName);
  if (entry.isPresent) others.forEach(askSoon);
  // Unless another name of the same topic still needs it; nothing is said while offline.
  if (!roster.isOnline || others.length || !(entry.isLive || entry.question)) return;
  roster.leaving.add(ownName);
  flushSoon(roster);
}

/** Lets go of a topic that nobody listens to, in a while. */
export function lingerIfUnused(entry: Entry): void {
  if (entry.subscribers.size || entry.question === LATER) return;
  clearTimeout(entry.timer);
  if (entry.roster.lingers) entry.timer = setTimeout(remove, LINGER_MS, entry);
  else remove(entry);
}

/** The server is ready: asks for everything. */
export function goOnline(roster: Roster): void {
  roster.lingers = roster.isOnline = true;
  roster.byAlias.forEach(askSoon);
}

/** The connection is gone, and with it all that would have to be stopped; positions stay. */
export function goOffline(roster: Roster): void {
  roster.isOnline = false;
  roster.leaving.clear();
  clearTimeout(roster.flushTimer);
  roster.flushTimer = undefined;
  for (const entry of roster.byAlias.values()) entry.isLive = false;
}
