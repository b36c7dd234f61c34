/** A debounced call waits at most this many times `debounceMs`, however often it is put off. */
export const DEBOUNCE_MAX_WAIT_FACTOR = 4;

/** Puts calls off until none has come for a while, but not for ever. */
export interface Debounce {
  /** Asks for the call; only the last one asked for happens. */
  call(run: () => void, waitMs: number): void;
  /** Makes the pending call now. */
  flush(): void;
}

export function createDebounce(): Debounce {
  let pending: (() => void) | undefined;
  let since = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = () => {
    clearTimeout(timer);
    const run = pending;
    pending = undefined;
    run?.();
  };

  return {
    call(run, waitMs) {
      if (!pending) since = Date.now();
      pending = run;
      clearTimeout(timer);
      const left = since + waitMs * DEBOUNCE_MAX_WAIT_FACTOR - Date.now();
      timer = setTimeout(flush, Math.min(waitMs, left));
    },
    flush,
  };
}
