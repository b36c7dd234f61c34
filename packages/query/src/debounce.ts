/** A debounced call waits at most this many times `debounceMs`, however often it is put off. */
export const DEBOUNCE_MAX_WAIT_FACTOR = 4;

/** Puts calls off until none has come for a while, but not for ever. */
export interface Debounce {
  /** Asks for the call; only the last one asked for happens. */
  call: (run: () => void, waitMs: number) => void;
  /** Makes the pending call now. */
  flush: () => void;
}

export function createDebounce(): Debounce {
  let pending: (() => void) | undefined;
  let latest = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = () => {
    clearTimeout(timer);
    const run = pending;
    pending = undefined;
    run?.();
  };

  return {
    call(run, waitMs) {
      const now = Date.now();
      if (!pending) latest = now + waitMs * DEBOUNCE_MAX_WAIT_FACTOR;
      pending = run;
      clearTimeout(timer);
      timer = setTimeout(flush, Math.min(waitMs, latest - now));
    },
    flush,
  };
}
