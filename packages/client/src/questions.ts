import { DUE, LATER, presentTopics, type Entries, type Entry } from './entries';

/** The most topics in a frame: it fits 64 KiB, however long they and their epochs are. */
export const MAX_TOPICS_PER_FRAME = 150;

/**
 * The time from one round of frames about topics to the next in the long run, in milliseconds, and
 * how far it may run ahead. The server's rate has room for two frames a round.
 */
export const PACE_MS = 120;
export const BURST_MS = 3000;

/** What is to be said to the server about topics: gathered into few frames, at its pace. */
export interface Questions {
  /** Asks for a topic in this tick, or in a while if there was much; later if the server said so. */
  askSoon: (entry: Entry) => void;
  /** Has the server stop a topic; nothing is said while the client is offline. */
  leave(topic: string): void;
  /** The server is ready. */
  online(): void;
  /** The connection is gone, and with it everything that would have to be stopped. */
  offline(): void;
}

/** @param send - Puts a frame on the wire; only called between `online` and `offline`. */
export function createQuestions(entries: Entries, send: (frame: object) => void): Questions {
  let isOnline = false;
  /** The topics that the server is to be told to stop. */
  const leaving = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** When the next round may go out. */
  let nextAt = 0;
  let refs = 0;

  function flushSoon(): void {
    if (!isOnline) return;
    // Never longer than a round, whatever becomes of the device's clock.
    timer ??= setTimeout(flush, Math.min(PACE_MS, Math.max(0, nextAt - Date.now())));
  }

  function flush(): void {
    timer = undefined;
    nextAt = Math.max(nextAt, Date.now() - BURST_MS) + PACE_MS;
    const left = [...leaving];
    leaving.clear();
    while (left.length) {
      send({ action: 'unsubscribe', topics: left.splice(0, MAX_TOPICS_PER_FRAME) });
    }
    const due = [...entries.values()].filter(({ question }) => question === DUE);
    const present = presentTopics(entries);
    while (due.length) {
      const ref = String(++refs);
      const topics = due.splice(0, MAX_TOPICS_PER_FRAME).map((entry) => {
        const { name, canonical = name, cursor } = entry;
        entry.question = ref;
        entry.presence = present.has(canonical);
        return { topic: name, since: cursor, presence: entry.presence || undefined };
      });
      send({ action: 'subscribe', topics, ref });
    }
  }

  return {
    askSoon(entry) {
      if (entry.question === LATER) return;
      entry.question = DUE;
      flushSoon();
    },
    leave(topic) {
      if (!isOnline) return;
      leaving.add(topic);
      flushSoon();
    },
    online() {
      isOnline = true;
    },
    offline() {
      isOnline = false;
      leaving.clear();
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
