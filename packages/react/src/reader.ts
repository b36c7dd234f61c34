import { useMemo, useSyncExternalStore } from 'react';

/** What any status has. */
interface AnyStatus {
  readonly state: unknown;
  readonly error?: unknown;
}

/**
 * A status as a component reads it: as it is wherever it is read. A component that does not read it
 * is not re-rendered when it changes.
 *
 * @param reader - Never changes for a store.
 * @param initial - What a server renders, and a page before it is hydrated.
 */
export function useStatus<Status extends AnyStatus>(
  reader: Reader<Status>,
  initial: Status,
): Status {
  const status = useSyncExternalStore(reader.subscribe, reader.getSnapshot, () => initial);
  return useMemo(() => reader.view(status), [reader, status]);
}

/** A store that tells of changes only once its status has been read. */
export interface Reader<Status> {
  /** For `useSyncExternalStore`. */
  subscribe: (onChange: () => void) => () => void;
  getSnapshot: () => Status;
  /** What a component gets: the status wherever it is read, as it is then. */
  view: (rendered: Status) => Status;
}

/** @param subscribe - Returns the undo. */
export function createReader<Status extends AnyStatus>(
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
    view(rendered) {
      /** What the server rendered, while that is hydrated. */
      const read = () => {
        isWatching = true;
        return isMounted ? get() : rendered;
      };
      const view = {
        get state() {
          return read().state;
        },
        get error() {
          return read().error;
        },
      };
      return view as Status;
    },
  };
}
