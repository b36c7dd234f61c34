const EVENTS = ['online', 'offline', 'pageshow', 'visibilitychange'];

/** Calls back when the page comes back to life or the network changes; returns the undo. */
export function onWake(callback: () => void): () => void {
  const { document, window } = globalThis;
  const listener = (event: Event) => {
    const isHiding = event.type === 'visibilitychange' && document.hidden;
    // The first time that a page is shown it has not slept.
    const isFirst = (event as PageTransitionEvent).persisted === false;
    if (!isHiding && !isFirst) callback();
  };
  // Capturing: what is meant for the document passes by the window first.
  const each = (verb: 'addEventListener' | 'removeEventListener') => {
    for (const name of EVENTS) window?.[verb]?.(name, listener, true);
  };
  each('addEventListener');
  return () => each('removeEventListener');
}
