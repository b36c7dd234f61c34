import { tagPosition } from '@tidings/client';

import type { FakeServer } from '../../client/test/fake-server';

/** A card on the fake server's board. */
export interface Item {
  id: string;
  v: number;
}

export const TOPIC = 'list-items:1';
export const KEY = ['list-items', '1'];

/** REST over the same truth as the fake server's topics. */
export class FakeRest {
  readonly rows = new Map<string, Item>();
  /** From the request to the read, and from the read to the response, in milliseconds. */
  upMs = 10;
  downMs = 40;
  /** Whether responses carry a position. */
  positions = false;
  failing = false;
  hung = false;
  /** A request that hangs is given up after this long, in milliseconds. */
  timeoutMs = 2 ** 31 - 1;
  requests = 0;
  inFlight = 0;
  mostInFlight = 0;

  constructor(readonly server: FakeServer) {}

  get list(): Item[] {
    return [...this.rows.values()];
  }

  /** Changes a row and publishes the event, as one commit. */
  put(id: string, v: number, more: { mutation_id?: string } = {}): void {
    const isNew = !this.rows.has(id);
    const item = { id, v };
    this.rows.set(id, item);
    this.server.publish(TOPIC, item, isNew ? 'ADDED' : 'UPDATED', { entity_id: id, ...more });
  }

  delete(id: string): void {
    const item = this.rows.get(id);
    if (!item) return;
    this.rows.delete(id);
    this.server.publish(TOPIC, item, 'DELETED', { entity_id: id });
  }

  /** A mutation over REST: committed half-way, answered later. */
  async write(id: string, v: number, fails: boolean, mutation_id?: string): Promise<Item> {
    await sleep(this.upMs);
    if (fails || !this.rows.has(id)) throw new Error('422');
    this.put(id, v, mutation_id ? { mutation_id } : {});
    await sleep(this.downMs);
    return { id, v };
  }

  async get(signal?: AbortSignal): Promise<Item[]> {
    this.requests++;
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    try {
      const hangs = this.hung;
      await sleep(this.upMs, signal);
      if (hangs) await this.hang(signal);
      if (this.failing) throw new Error('503');
      const header = this.positions ? this.server.header(TOPIC) : null;
      const body = JSON.stringify(this.list);
      await sleep(this.downMs, signal);
      return tagPosition(JSON.parse(body) as Item[], header);
    } finally {
      this.inFlight--;
    }
  }

  private async hang(signal?: AbortSignal): Promise<never> {
    await sleep(this.timeoutMs, signal);
    throw new Error('timeout');
  }
}

/** Resolves after so many (fake) milliseconds; rejects when aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('aborted', 'AbortError'));
    });
  });
}
