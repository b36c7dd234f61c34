/** A status that re-renders a component only when the component has read it. */
export interface Reader<Status extends AnyStatus> {
  /** For `useSyncExternalStore`. */
  subscribe: (onChange: () => void) => () => void;
  getSnapshot: () => Status;
  /** What a component gets: the status wherever it is read, as it is then. */
  view: (rendered: Status) => Status;
}

/** What any status has. */
interface AnyStatus {
  readonly state: unknown;
  readonly error?: unknown;
}

export function createReader<Status extends AnyStatus>(
  subscribe: (onChange: () => void) => () => void,
  get: () => Status,
): Reader<Status> {
  const first = get();
  /** Whether the component has read the status; if not, changes do not concern it. */
  let isWatching = false;
  let isMounted = false;
  /** What the server rendered, while that is hydrated. */
  const read = (rendered: Status) => {
    isWatching = true;
    return isMounted ? get() : rendered;
  };
  return {
    subscribe(onChange) {
      isMounted = true;
      return subscribe(onChange);
    },
    getSnapshot: () => (isWatching ? get() : first),
    view: (rendered) =>
      ({
        get state() {
          return read(rendered).state;
        },
        get error() {
          return read(rendered).error;
        },
      }) as Status,
  };
}
