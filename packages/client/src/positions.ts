import type { Position, TopicPosition } from './types';

/** Whether state at `held` includes everything up to `wanted`. */
export const covers = (held: Position | undefined, wanted: Position): boolean =>
  held?.epoch === wanted.epoch && held.seq >= wanted.seq;

/** The position alone out of what has more; undefined when it has none. */
export function positionOf({ epoch, seq }: Partial<Position>): Position | undefined {
  return epoch && seq !== undefined ? { epoch, seq } : undefined;
}

const MEMBER = /"([^"\\]+)";\s*epoch="([\w-]{1,64})";\s*seq=(\d{1,15})(?=\s*(,|$))/g;

/**
 * Reads the `Tidings-Position` header of a REST response: where each topic stood when the response
 * was read. Nothing, or anything malformed, gives no positions: the data is then simply not known
 * to be at one.
 */
export function parsePositionHeader(header: string | null | undefined): TopicPosition[] {
  return Array.from((header ?? '').matchAll(MEMBER), ([, topic = '', epoch = '', seq]) => ({
    topic,
    epoch,
    seq: Number(seq),
  }));
}

/** Positions by the data object they belong to; they travel beside the data, never in it. */
const tags = new WeakMap<object, readonly TopicPosition[]>();

/** What {@link onTag} was given. */
const listeners = new Set<(positions: readonly TopicPosition[]) => void>();

/** Calls back with the positions of each response that is tagged; returns the undo. */
export function onTag(listener: (positions: readonly TopicPosition[]) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

const isObject = (value: unknown): value is object => Object(value) === value;

/**
 * Remembers at which positions data was read, so that events it already includes are not applied
 * or fetched again. To be called by an app's REST client on what it returns.
 *
 * @param data - What the response held; only objects and arrays can be tagged. An object's members
 * are tagged with it: `(await get()).items` is where the response was.
 * @param positions - The response's `Tidings-Position` header, or positions parsed from it.
 * @returns The same data.
 */
export function tagPosition<T>(
  data: T,
  positions: string | null | undefined | readonly TopicPosition[],
): T {
  const parsed = Array.isArray(positions)
    ? (positions as readonly TopicPosition[])
    : parsePositionHeader(positions as string | null | undefined);
  if (isObject(data) && parsed.length) {
    const members: unknown[] = Array.isArray(data) ? [] : Object.values(data);
    for (const each of [data, ...members]) if (isObject(each)) tags.set(each, parsed);
    listeners.forEach((listener) => listener(parsed));
  }
  return data;
}

/** Tags data with the positions of what it was made of. */
export function moveTags(from: unknown, to: unknown): void {
  const positions = positionsOf(from);
  if (isObject(to) && positions.length) tags.set(to, positions);
}

/** The positions that {@link tagPosition} gave data; none when it was not tagged. */
export const positionsOf = (data: unknown): readonly TopicPosition[] =>
  (isObject(data) && tags.get(data)) || [];
