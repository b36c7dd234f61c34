// The truth: rows in the database, the topics that tell of them, and REST that reads them.

import { tagPosition } from '@tidings/client';

import { FakeServer } from '../../../client/test/fake-server';
import { FakeRest, sleep, TOPIC, type Item } from '../fake-rest';

/** The topics of the two rows of the duo, which one query shows together. */
export const DUO_TOPICS = ['duo:x', 'duo:y'] as const;

/** How many pages there are, each of one row. */
export const PAGE_ROWS = ['a', 'b', 'c'] as const;

/** What a reader sees: the rows under one roof, told apart by whom they were read for. */
export interface Sheet {
  user: string;
  items: Item[];
}

export class Backend extends FakeRest {
  private readonly duo = new Map<string, Item>(['x', 'y'].map((id) => [id, { id, v: 0 }] as const));
  private version = 0;
  /** Who is logged in. */
  user = 'anna';
  /** How many of the next reads fail. */
  private faults = 0;
  /** Whether a topic was ever taken away: its hooks have to ask again, once it is granted. */
  hasRefused = false;

  constructor() {
    super(new FakeServer());
    this.timeoutMs = 20_000;
    this.rows.set('a', { id: 'a', v: 0 });
  }

  nextVersion = () => ++this.version;

  change(id: string): void {
    this.put(id, this.nextVersion());
  }
  burst(id: string): void {
    for (let i = 0; i < 5; i++) this.change(id);
  }
  changeDuo(id: 'x' | 'y'): void {
    const item = { id, v: this.nextVersion() };
    this.duo.set(id, item);
    this.server.publish(`duo:${id}`, item, 'UPDATED', { entity_id: id });
  }

  readonly sheets = {
    list: (user = this.user): Sheet => ({ user, items: this.list }),
    page: (page: number, user = this.user): Sheet => ({
      user,
      items: this.list.filter(({ id }) => id === PAGE_ROWS[page]),
    }),
    item: (user = this.user): Sheet => this.sheets.page(0, user),
    duo: (user = this.user): Sheet => ({ user, items: [...this.duo.values()] }),
  };

  /** A request: sent as one user, read later, answered later still. */
  async read(
    make: (user: string) => Sheet,
    topics: readonly string[],
    signal?: AbortSignal,
  ): Promise<Sheet> {
    const { user } = this;
    this.requests++;
    const hangs = this.hung;
    await sleep(this.upMs, signal);
    if (hangs) {
      await sleep(this.timeoutMs, signal);
      throw new Error('timeout');
    }
    if (this.failing || this.faults-- > 0) throw new Error('503');
    this.faults = Math.max(0, this.faults);
    if (topics.some((topic) => this.server.forbidden.has(topic))) throw new Error('403');
    const header = this.positions
      ? topics.map((topic) => this.server.header(topic)).join(', ')
      : null;
    const body = JSON.stringify(make(user));
    await sleep(this.downMs, signal);
    return tagPosition(JSON.parse(body) as Sheet, header);
  }

  /** Takes a topic away from everybody, or refuses it from the next time that it is asked for. */
  revoke(topic: string, isTold = true): void {
    this.hasRefused = true;
    if (isTold) this.server.revoke(topic);
    else this.server.forbidden.add(topic);
  }

  // What the network and the server do wrong.

  duplicateLast(): void {
    const last = this.server.log(TOPIC).events.at(-1);
    if (!last) return;
    for (const socket of this.subscribed) socket.deliver(last);
  }
  reorder(id: string): void {
    this.unheard(() => this.burst(id));
    const late = this.server.log(TOPIC).events.slice(-5).reverse();
    for (const event of late) this.subscribed.forEach((socket) => socket.deliver(event));
  }
  gap(id: string): void {
    this.unheard(() => this.change(id));
    this.change('a');
  }
  /** Nobody hears of what happens meanwhile. */
  private unheard(happens: () => void): void {
    const { subscribed } = this;
    for (const socket of subscribed) socket.topics.delete(TOPIC);
    happens();
    for (const socket of subscribed) socket.topics.add(TOPIC);
  }
  private get subscribed() {
    return this.server.open.filter((socket) => socket.topics.has(TOPIC));
  }
  failOnce(): void {
    this.faults++;
  }
  drain(): void {
    for (const socket of this.server.open) {
      socket.deliver({ type: 'drain', reconnect_after_ms: 3000 });
      socket.end(3000);
    }
  }

  /** Everything works again. */
  heal(): void {
    const { server } = this;
    this.failing = this.hung = false;
    this.faults = 0;
    this.downMs = 5;
    server.latencyMs = 1;
    server.forbidden.clear();
    if (!server.silent) return;
    server.silent = false;
    server.sockets.forEach((socket) => socket.end());
  }
}
