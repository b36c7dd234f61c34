import type { WSEvent } from './types';

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
  expires_in_ms?: number;
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
    if (frame.type || (frame.topic && frame.event && frame.data)) return frame;
  } catch {
    // Not even JSON.
  }
  return undefined;
}
