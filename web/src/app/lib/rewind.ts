import type { RouterHistory } from '@tanstack/react-router';

import { HOME } from '@/lib/way-back';

/** How long the browser may take to go back, in milliseconds. */
export const REWIND_MS = 2_000;

/**
 * Goes home by way of the tab's first page of ours: what is opened next leaves none of the user's
 * addresses and titles behind Back and Forward.
 */
export async function rewind(history: RouterHistory): Promise<void> {
  const steps = Math.min(history.location.state.__TSR_index, history.length - 1);
  if (steps > 0) {
    const arrived = popped();
    history.go(-steps, { ignoreBlocker: true });
    await arrived;
  }
  history.replace(HOME);
  // Else a push that follows at once would take its place.
  history.flush();
}

/** Waits until the browser has gone somewhere; not for ever, for it may stay where it is. */
const popped = () =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, REWIND_MS);
    window.addEventListener('popstate', () => resolve(), { once: true });
  });
