import { useQuery } from '@tanstack/react-query';
import { useRealtimeSync } from '@tidings/react';

let reads = 0;

/** Counts its reads: an event on the topic costs one. */
export function Reads() {
  const queryKey = ['reads'];
  const { data } = useQuery({ queryKey, queryFn: () => ++reads, staleTime: Infinity });
  useRealtimeSync({ topic: 'reads:1', queryKey });
  return <p data-testid="reads">{data}</p>;
}
