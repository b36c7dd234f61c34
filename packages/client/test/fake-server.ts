import type { Position, WSEvent, WSEventType } from '../src/index';

/** A frame of the client, as the server read it. */
export interface ClientFrame {
  action: string;
  token?: string;
  topic?: string;
  topics?: { topic: string; since?: Position; presence?: boolean }[];
  data?: unknown;
  entity?: string;
  ref?: string;
}

interface TopicLog {
  epoch: string;
  events: WSEvent[];
  /** The last position that was trimmed. */
  floor: number;
}

type Verdict = 'ok' | 'token_invalid' | 'token_expired' | 'silent';

/**
 * The server's side of the protocol, in memory: topics with gapless positions, resume, revocation,
 * and misbehaviour on request. Frames travel in order, each `latencyMs` late.
 */
export class FakeServer {
  readonly sockets: FakeSocket[] = [];
  readonly received: ClientFrame[] = [];
  readonly forbidden = new Set<string>();
  /** Topics whose readers may not know of each other. */
  readonly lonely = new Set<string>();
  readonly aliases = new Map<string, string>();
  private readonly topics = new Map<string, TopicLog>();
  private epochs = 0;

  latencyMs = 1;
  /** Whether the server waits for `auth`; without, it greets at once. */
  needsAuth = false;
  expires: string | null = null;
  /** How long the token lives, where the device's clock is another; else by `expires`. */
  expiresInMs: number | undefined;
  /** Which tokens are refused as a refresh, the session going on. */
  refuse: (token: string) => boolean = () => false;
  /** Refuses connections. */
  down = false;
  /** Swallows everything: the network is a black hole. */
  silent = false;
  /** Leaves subscribes unanswered. */
  mute = false;
  judge: (token: string) => Verdict = () => 'ok';
  /** What else happens when a connection has opened. */
  onOpen: (socket: FakeSocket) => void = () => {};

  /** To be given to the client as its `WebSocket`. */
  readonly WebSocket = (() => {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the class below has its own this
    const server = this;
    return class extends FakeSocket {
      constructor(url: string | URL) {
        super(server, String(url));
      }
    } as unknown as typeof WebSocket;
  })();

  /** What is under way, by when it arrives: one timer each, however many frames. */
  private readonly underWay = new Map<number, (() => void)[]>();
  private lastDue = 0;

  /** The network's own time: a page's timers may be throttled. */
  private readonly after = globalThis.setTimeout;

  later(run: () => void): void {
    // A connection that has become faster does not let frames overtake each other.
    const due = Math.max(this.lastDue, performance.now() + this.latencyMs);
    this.lastDue = due;
    const batch = this.underWay.get(due);
    if (batch) return void batch.push(run);
    this.underWay.set(due, [run]);
    this.after.call(
      undefined,
      () => {
        const runs = this.underWay.get(due) ?? [];
        this.underWay.delete(due);
        for (const each of runs) each();
      },
      due - performance.now(),
    );
  }

  get open(): FakeSocket[] {
    return this.sockets.filter((socket) => socket.readyState === 1);
  }

  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error('no socket was opened');
    return last;
  }

  framesOf(action: string): ClientFrame[] {
    return this.received.filter((frame) => frame.action === action);
  }

  /** All topics asked for so far, in order. */
  get asked(): { topic: string; since?: Position; presence?: boolean }[] {
    return this.framesOf('subscribe').flatMap((frame) => frame.topics ?? []);
  }

  log(topic: string): TopicLog {
    let log = this.topics.get(topic);
    if (!log) this.topics.set(topic, (log = { epoch: 'e0', events: [], floor: 0 }));
    return log;
  }

  head(topic: string): Position {
    const { epoch, events, floor } = this.log(topic);
    return { epoch, seq: events.at(-1)?.seq ?? floor };
  }

  /** The header that a REST read of the topic would carry now. */
  header(topic: string): string {
    const { epoch, seq } = this.head(topic);
    return `"${topic}";epoch="${epoch}";seq=${seq}`;
  }

  /** Commits an event and sends it to the subscribers. */
  publish(
    topic: string,
    payload: unknown = {},
    event: WSEventType = 'UPDATED',
    more: Partial<WSEvent> & { entity_id?: string } = {},
  ): WSEvent {
    const { epoch, seq } = this.head(topic);
    const { entity_id = '1', ...rest } = more;
    const sent: WSEvent = {
      topic,
      event,
      data: { entity_id, payload, user_id: 'u', timestamp: '2026-01-01T00:00:00Z' },
      id: `${topic}@${epoch}.${seq + 1}`,
      epoch,
      seq: seq + 1,
      ...rest,
    };
    this.log(topic).events.push(sent);
    for (const socket of this.open) if (socket.topics.has(topic)) socket.deliver(sent);
    return sent;
  }

  /** History is lost: a new epoch, from zero. */
  newEpoch(topic: string): void {
    this.topics.set(topic, { epoch: `e${++this.epochs}`, events: [], floor: 0 });
  }

  /** Forgets history; resuming from before is no longer possible. */
  trim(topic: string): void {
    const log = this.log(topic);
    log.floor = this.head(topic).seq;
    log.events = [];
  }

  /** Takes a topic away from everyone. */
  revoke(topic: string): void {
    this.forbidden.add(topic);
    for (const socket of this.open) {
      if (socket.topics.delete(topic))
        socket.deliver({ type: 'unsubscribed', topic, code: 'revoked' });
    }
  }

  /** From now on a topic's own name is another one. */
  rename(topic: string, name: string): void {
    this.aliases.set(topic, name);
    for (const socket of this.open) {
      if (socket.topics.delete(topic))
        socket.deliver({ type: 'unsubscribed', topic, code: 'renamed' });
    }
  }

  accept(socket: FakeSocket): void {
    if (this.silent) return;
    if (this.down) return socket.end(1006);
    socket.opened();
    this.onOpen(socket);
    if (!this.needsAuth) this.greet(socket);
  }

  private greet(socket: FakeSocket): void {
    socket.authenticated = true;
    const session = `s${this.sockets.indexOf(socket)}`;
    const { expires } = this;
    const left = expires === null ? undefined : Date.parse(expires) - Date.now();
    const expires_in_ms = this.expiresInMs ?? left;
    socket.deliver({ type: 'hello', session, ping_ms: 25_000, expires, expires_in_ms });
  }

  receive(socket: FakeSocket, frame: ClientFrame): void {
    this.received.push(frame);
    if (frame.action === 'auth') return this.onAuth(socket, frame.token ?? '');
    if (frame.action === 'ping') return socket.deliver({ type: 'pong' });
    if (!socket.authenticated) {
      return socket.deliver({ type: 'error', code: 'not_authenticated', message: 'auth first' });
    }
    if (frame.action === 'unsubscribe') {
      for (const topic of (frame.topics ?? []) as unknown as string[]) {
        this.leave(socket, this.canonical(topic));
        socket.deliver({ type: 'unsubscribed', topic, code: 'client' });
      }
      return;
    }
    if (frame.action === 'signal') return this.signal(socket, frame);
    if (frame.action === 'subscribe' && !this.mute) {
      for (const ask of frame.topics ?? []) this.answer(socket, ask, frame.ref);
    }
  }

  private signal(from: FakeSocket, { topic: name = '', entity, data }: ClientFrame): void {
    const topic = this.canonical(name);
    for (const socket of this.open) {
      if (socket === from || !socket.topics.has(topic)) continue;
      socket.deliver({ type: 'signal', topic, user_id: from.user, entity, data });
    }
  }

  /** Who is there for a topic. */
  members(topic: string): string[] {
    const there = this.open.filter((socket) => socket.present.has(topic));
    return [...new Set(there.map(({ user }) => user))].sort();
  }

  private enter(socket: FakeSocket, topic: string): void {
    const others = this.members(topic);
    socket.present.add(topic);
    const members = this.members(topic);
    socket.deliver({ type: 'presence', topic, members, count: members.length });
    if (others.includes(socket.user)) return;
    this.announce(topic, { joined: [socket.user] }, socket);
  }

  leave(socket: FakeSocket, topic: string): void {
    socket.topics.delete(topic);
    if (!socket.present.delete(topic)) return;
    if (!this.members(topic).includes(socket.user)) this.announce(topic, { left: [socket.user] });
  }

  private announce(topic: string, change: object, except?: FakeSocket): void {
    const count = this.members(topic).length;
    for (const socket of this.open) {
      if (socket === except || !socket.present.has(topic)) continue;
      socket.deliver({ type: 'presence', topic, ...change, count });
    }
  }

  private onAuth(socket: FakeSocket, token: string): void {
    if (socket.authenticated && this.refuse(token)) {
      return socket.deliver({ type: 'error', code: 'token_invalid', message: 'not this one' });
    }
    const verdict = this.judge(token);
    if (verdict === 'silent') return;
    if (verdict === 'ok') return this.greet(socket);
    socket.deliver({ type: 'error', code: verdict, message: `the token is ${verdict.slice(6)}` });
    socket.end(verdict === 'token_invalid' ? 3500 : 3003);
  }

  private canonical(topic: string): string {
    return this.aliases.get(topic) ?? topic;
  }

  private answer(
    socket: FakeSocket,
    { topic: name, since, presence }: { topic: string; since?: Position; presence?: boolean },
    ref?: string,
  ): void {
    const topic = this.canonical(name);
    if (this.forbidden.has(topic) || (presence && this.lonely.has(topic))) {
      return socket.deliver({
        type: 'error',
        topic: name,
        ref,
        code: 'forbidden',
        message: 'no such topic',
      });
    }
    const { epoch, events, floor } = this.log(topic);
    const { seq } = this.head(topic);
    const recovered = since?.epoch === epoch && since.seq >= floor && since.seq <= seq;
    if (!presence) this.leave(socket, topic);
    socket.topics.add(topic);
    socket.deliver({
      type: 'subscribed',
      topic: name,
      canonical: topic,
      epoch,
      seq,
      recovered,
      ref,
    });
    if (recovered) {
      for (const event of events) if ((event.seq ?? 0) > since.seq) socket.deliver(event);
    }
    if (presence) this.enter(socket, topic);
  }
}

/** A browser's WebSocket whose other end is a {@link FakeServer}. */
export class FakeSocket {
  static readonly OPEN = 1;
  readyState = 0;
  authenticated = false;
  readonly topics = new Set<string>();
  /** The topics for which its user is there. */
  readonly present = new Set<string>();
  /** Who its presence and signals speak for. */
  user = 'me';
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: object) => void) | null = null;
  /** How the client closed it, if it did. */
  closedByClient = false;
  /** The network that it went through is gone: nothing arrives, and nobody says so. */
  deaf = false;

  constructor(
    private readonly server: FakeServer,
    readonly url: string,
  ) {
    server.sockets.push(this);
    this.later(() => this.readyState === 0 && server.accept(this));
  }

  private later(run: () => void): void {
    this.server.later(run);
  }

  opened(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  send(text: string): void {
    const frame = JSON.parse(text) as ClientFrame;
    if (this.server.silent || this.deaf) return;
    this.later(() => this.readyState === 1 && this.server.receive(this, frame));
  }

  /** Sends a frame to the client. */
  deliver(frame: object): void {
    const text = JSON.stringify(frame);
    if (this.server.silent) return;
    this.later(() => this.readyState === 1 && this.onmessage?.({ data: text }));
  }

  /** Ends the connection from the server's side, or by the network. */
  end(code = 1006, reason = ''): void {
    this.later(() => {
      if (this.readyState === 3) return;
      this.readyState = 3;
      this.onclose?.({ code, reason });
    });
  }

  /**
   * A browser fires `close` a moment after `close()` was called, and `error` before it where the
   * socket had not opened yet.
   */
  close(): void {
    if (this.readyState === 3) return;
    const wasConnecting = this.readyState === 0;
    this.readyState = 3;
    this.closedByClient = true;
    this.later(() => {
      if (wasConnecting) this.onerror?.({});
      this.onclose?.({ code: 1000, reason: '' });
    });
  }
}
