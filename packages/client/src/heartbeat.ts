/** How long a connection has to prove itself after the tab wakes, in milliseconds. */
export const WAKE_DEADLINE_MS = 2000;

/** Watches that the other end is there. */
export interface Heartbeat {
  /** Something was heard. */
  heard(): void;
  /** The tab woke up, or the network changed: ask now, and do not wait long. */
  wake(): void;
  stop(): void;
}

/** Both in milliseconds. */
interface HeartbeatOptions {
  heartbeatInterval: number;
  pongTimeout: number;
}

/**
 * Pings at an interval, and reports when nothing at all is heard within the timeout. Timers may be
 * late by minutes (a hidden tab) or hours (a sleep): silence alone proves nothing, so it asks again.
 */
export function startHeartbeat(
  { heartbeatInterval: intervalMs, pongTimeout: deadlineMs }: HeartbeatOptions,
  ping: () => void,
  onDead: () => void,
): Heartbeat {
  const promptMs = Math.min(WAKE_DEADLINE_MS, deadlineMs);
  // By the wall clock: a sleeping machine stops timers, and its peers do not wait for it.
  let heardAt = Date.now();
  let beat: ReturnType<typeof setTimeout> | undefined;
  let deadline: ReturnType<typeof setTimeout> | undefined;

  const forgive = () => {
    clearTimeout(deadline);
    deadline = undefined;
  };
  const beatLater = () => {
    clearTimeout(beat);
    beat = setTimeout(() => {
      const isOverdue = Date.now() - heardAt > intervalMs + deadlineMs;
      ask(isOverdue ? promptMs : deadlineMs);
    }, intervalMs);
  };
  const ask = (withinMs: number, isSecond?: boolean) => {
    beatLater();
    ping();
    const askedAt = Date.now();
    // A question still open keeps its deadline.
    deadline ??= setTimeout(() => {
      forgive();
      // An answer may lie in the queue behind a timer that was late.
      const isLate = Date.now() - askedAt > withinMs + promptMs;
      if (isLate && !isSecond) ask(promptMs, true);
      else onDead();
    }, withinMs);
  };

  beatLater();
  return {
    heard() {
      heardAt = Date.now();
      forgive();
    },
    wake() {
      forgive();
      ask(promptMs);
    },
    stop() {
      clearTimeout(beat);
      forgive();
    },
  };
}
