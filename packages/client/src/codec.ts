import type { Position, WSEvent } from './types';

/** The most topics in one subscribe frame. */
export const MAX_TOPICS_PER_FRAME = 500;

/** The most bytes in one frame that the client sends. */
export const MAX_FRAME_BYTES = 64 * 1024;

/** A message of the server that is no event. Fields beyond `type` depend on it. */
export interface ControlFrame {
  type: string;
  topic?: string;
  canonical?: string;
  epoch?: string;
  seq?: number;
  recovered?: boolean;
  ref?: string;
  code?: string;
  message?: string;
  retry_after_ms?: number;
  reconnect_after_ms?: number;
  expires?: string | null;
  session?: string;
  reason?: string;
  data?: unknown;
  event?: undefined;
}

/** Any message of the server. */
export type Frame = ControlFrame | (WSEvent & { type?: undefined });

/** Reads a frame; undefined for anything that the protocol does not know. */
export function decode(text: unknown): Frame | undefined {
  try {
    const frame = JSON.parse(text as string) as Frame;
    return frame.type || (frame.topic && frame.event && frame.data) ? frame : undefined;
  } catch {
    return undefined;
  }
}

/** A topic to ask for, and the position to replay from. */
export interface Ask {
  topic: string;
  since?: Position | undefined;
  presence?: boolean | undefined;
}

/** Room left for the rest of a subscribe frame around its topics. */
const FRAME_OVERHEAD_BYTES = 256;

/** Splits topics into runs that fit a frame each. Topics and epochs are ASCII. */
export function splitAsks(asks: readonly Ask[]): Ask[][] {
  const runs: Ask[][] = [];
  let run: Ask[] = [];
  let room = 0;
  for (const ask of asks) {
    const size = JSON.stringify(ask).length + 1;
    if (run.length === MAX_TOPICS_PER_FRAME || size > room) {
      runs.push((run = []));
      room = MAX_FRAME_BYTES - FRAME_OVERHEAD_BYTES;
    }
    run.push(ask);
    room -= size;
  }
  return runs;
}
