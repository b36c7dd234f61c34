/** A debounced call waits at most this many times `debounceMs`, however often it is put off. */
export const DEBOUNCE_MAX_WAIT_FACTOR = 4;

/** A call that is put off until none has come for a while, but not for ever. */
export interface Debounce {
  delayed?: (() => void) | undefined;
  /** When the delayed call happens at the latest. */
  latest?: number;
  timer?: ReturnType<typeof setTimeout>;
}

/** Asks for a call; only the last one asked for happens. */
export function debounce(state: Debounce, run: () => void, waitMs: number): void {
  const now = Date.now();
  if (!state.delayed) state.latest = now + waitMs * DEBOUNCE_MAX_WAIT_FACTOR;
  state.delayed = run;
  clearTimeout(state.timer);
  state.timer = setTimeout(flush, Math.min(waitMs, state.latest! - now), state);
}

/** Makes the delayed call now. */
export function flush(state: Debounce): void {
  clearTimeout(state.timer);
  const run = state.delayed;
  state.delayed = undefined;
  run?.();
}
