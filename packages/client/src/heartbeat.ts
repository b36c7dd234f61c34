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

/** Pings at an interval, and says so when nothing at all is heard within the timeout. */
export function startHeartbeat(
  { heartbeatInterval: intervalMs, pongTimeout: deadlineMs }: HeartbeatOptions,
  ping: () => void,
  onDead: () => void,
): Heartbeat {
  // By the wall clock: a sleeping machine stops timers, and its peers do not wait for it.
  let heardAt = Date.now();
  let beat: ReturnType<typeof setTimeout> | undefined;
  let deadline: ReturnType<typeof setTimeout> | undefined;

  const beatLater = () => {
    clearTimeout(beat);
    beat = setTimeout(probe, intervalMs);
  };
  const forgive = () => {
    clearTimeout(deadline);
    deadline = undefined;
  };
  const probe = (withinMs = deadlineMs) => {
    if (Date.now() - heardAt > intervalMs + deadlineMs) return onDead();
    beatLater();
    ping();
    // A question still open keeps its deadline.
    deadline ??= setTimeout(onDead, withinMs);
  };

  beatLater();
  return {
    heard() {
      heardAt = Date.now();
      forgive();
    },
    wake() {
      forgive();
      probe(Math.min(WAKE_DEADLINE_MS, deadlineMs));
    },
    stop() {
      clearTimeout(beat);
      forgive();
    },
  };
}
