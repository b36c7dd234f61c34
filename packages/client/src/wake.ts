/** Calls back when the page comes back to life or the network changes; returns the undo. */
export function onWake(callback: () => void): () => void {
  const { document, window } = globalThis;
  if (typeof window?.addEventListener !== 'function') return () => {};
  const whenVisible = () => document?.visibilityState !== 'hidden' && callback();
  // A page that is shown for the first time has not slept.
  const whenRestored = (event: Event) => (event as PageTransitionEvent).persisted && callback();
  const each = (verb: 'addEventListener' | 'removeEventListener') => {
    window[verb]('online', callback);
    window[verb]('offline', callback);
    window[verb]('pageshow', whenRestored);
    document?.[verb]('visibilitychange', whenVisible);
  };
  each('addEventListener');
  return () => each('removeEventListener');
}
