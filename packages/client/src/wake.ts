/** Calls back when the page comes back to life or the network changes; returns the undo. */
export function onWake(callback: () => void): () => void {
  const { document, window } = globalThis;
  if (typeof window?.addEventListener !== 'function') return () => {};
  const whenVisible = () => document?.visibilityState !== 'hidden' && callback();
  const names = ['online', 'offline', 'pageshow'] as const;
  for (const name of names) window.addEventListener(name, callback);
  document?.addEventListener('visibilitychange', whenVisible);
  return () => {
    for (const name of names) window.removeEventListener(name, callback);
    document?.removeEventListener('visibilitychange', whenVisible);
  };
}
