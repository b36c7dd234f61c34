/** A status that re-renders a component only when the component has read it. */
export interface Reader<Status> {
  /** For `useSyncExternalStore`. */
  subscribe: (onChange: () => void) => () => void;
  getSnapshot: () => Status;
  /** The status now, wherever it is read; what the server rendered while that is hydrated. */
  read: (rendered: Status) => Status;
}

export function createReader<Status>(
  subscribe: (onChange: () => void) => () => void,
  get: () => Status,
): Reader<Status> {
  const first = get();
  /** Whether the component has read the status; if not, changes do not concern it. */
  let isWatching = false;
  let isMounted = false;
  return {
    subscribe(onChange) {
      isMounted = true;
      return subscribe(onChange);
    },
    getSnapshot: () => (isWatching ? get() : first),
    read(rendered) {
      isWatching = true;
      return isMounted ? get() : rendered;
    },
  };
}
