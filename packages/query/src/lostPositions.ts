// Development only: data that has lost the position which its response had.

import { onTag } from '@tidings/client';

import type { AnyQuery, Bridge } from './contracts';
import { complain } from './mistakes';
import { isSynced } from './synced';
import { positionsAt } from './tags';

/** The fetches under way, and the topics whose positions came in meanwhile. */
const underWay = new Map<AnyQuery, Set<string>>();
let isListening = false;

function listen(): void {
  if (isListening) return;
  isListening = true;
  onTag((positions) => {
    // Among several nobody knows whose it is.
    if (underWay.size !== 1) return;
    for (const topics of underWay.values()) for (const { topic } of positions) topics.add(topic);
  });
}

/** A fetch begins. */
export function noteFetch(query: AnyQuery): void {
  listen();
  underWay.set(query, new Set());
}

/** A fetch has ended; it may have brought data. */
export function noteEnd({ queryClient: client }: Bridge, query: AnyQuery): void {
  const topics = underWay.get(query);
  underWay.delete(query);
  const { data, error } = query.state;
  if (!topics || error || data === undefined || !isSynced(query)) return;
  const held = positionsAt(data).map(({ topic }) => topic);
  const [lost] = [...topics].filter((topic) => !held.includes(topic));
  if (lost) complain('R5', client, query.queryHash, lost);
}
