import type { Window } from '../../test/e2e/harness/window';

/** What the pages write down of one card, on the clock they share. */
export interface Watch {
  watched: { dropped: number; seen: number };
}

/** Notes when the card comes to stand in another column. */
export async function watchCard(window: Window, itemId: string): Promise<void> {
  await window.page.evaluate((id) => {
    const watch: Watch = { watched: { dropped: 0, seen: 0 } };
    Object.assign(globalThis, watch);
    const columnOf = () =>
      document.querySelector(`[data-item-id="${id}"]`)?.closest('section')?.ariaLabel;
    let column = columnOf();
    new MutationObserver(() => {
      const now = columnOf();
      if (now === undefined || now === column) return;
      column = now;
      watch.watched.seen = performance.timeOrigin + performance.now();
    }).observe(document.body, { childList: true, subtree: true, attributes: true });
  }, itemId);
}

/** Waits until a watched card stands in a column; tells when it came there. */
export async function seenBy(window: Window, itemId: string, status: string): Promise<number> {
  const card = `[data-testid=column-${status}] [data-item-id="${itemId}"]`;
  const seen = await window.page.waitForFunction((place) => {
    const { watched } = globalThis as unknown as Watch;
    return watched.seen > 0 && document.querySelector(place) ? watched.seen : false;
  }, card);
  return Number(await seen.jsonValue());
}

/** Forgets what was seen. */
export async function reset(window: Window): Promise<void> {
  await window.page.evaluate(() => {
    (globalThis as unknown as Watch).watched.seen = 0;
  });
}

/** The value that a part of all values does not exceed. */
export function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.ceil(sorted.length * part) - 1] ?? Number.NaN;
}
