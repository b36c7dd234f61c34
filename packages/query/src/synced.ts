// What keeps a query right.

import { accountOf, isPaid } from './accounts';
import type { AnyQuery, Bridge, Channel, Sync } from './contracts';

export const matchesAny = ({ core }: Bridge, syncs: Iterable<Sync>, query: AnyQuery): boolean =>
  [...syncs].some(({ queryKey }) => core.matchQuery({ queryKey }, query));

/** The channels that were asked to keep a query right. */
export function channelsOf(query: AnyQuery): Channel[] {
  const { bridge } = accountOf(query);
  return bridge.channels.filter(({ syncs }) => matchesAny(bridge, syncs, query));
}

/** Whether events keep a query right, so that it may be fetched for its own good. */
export const isSynced = (query: AnyQuery): boolean =>
  channelsOf(query).some(({ refusal }) => !refusal);

/** Whether every event for a query is heard, and none is owed: it equals the server's data. */
export function isCurrent(query: AnyQuery): boolean {
  const mine = channelsOf(query);
  return !!mine[0] && mine.every(({ at }) => at) && isPaid(query);
}
