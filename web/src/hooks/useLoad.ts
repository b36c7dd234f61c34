import { useEffect, useState } from 'react';

export type Load<T> =
  { state: 'loading' } | { state: 'loaded'; data: T } | { state: 'failed'; error: unknown };

/**
 * Reads something once, for pages before log-in that go without a query cache.
 * `read` must keep its identity from render to render.
 */
export function useLoad<T>(read: (signal: AbortSignal) => Promise<T>): Load<T> {
  const [load, setLoad] = useState<Load<T>>({ state: 'loading' });
  useEffect(() => {
    const controller = new AbortController();
    read(controller.signal).then(
      (data) => setLoad({ state: 'loaded', data }),
      (error: unknown) => {
        if (!controller.signal.aborted) setLoad({ state: 'failed', error });
      },
    );
    return () => controller.abort();
  }, [read]);
  return load;
}
