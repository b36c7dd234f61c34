import type { Page, WebSocket } from '@playwright/test';

/** A frame of the dashboard's socket, as JSON. */
export type Frame = Record<string, unknown>;

/** Listens to the dashboard's sockets in a page. */
export class Frames {
  readonly sent: Frame[] = [];
  readonly received: Frame[] = [];
  /** Sockets opened so far, those that are closed again included. */
  readonly sockets: WebSocket[] = [];

  constructor(page: Page) {
    page.on('websocket', (socket) => {
      // Development servers have a socket of their own in the page.
      if (new URL(socket.url()).pathname !== '/ws') return;
      this.sockets.push(socket);
      socket.on('framesent', ({ payload }) => this.sent.push(parse(payload)));
      socket.on('framereceived', ({ payload }) => this.received.push(parse(payload)));
    });
  }

  /** The events among what was received: frames without a type. */
  get events(): Frame[] {
    return this.received.filter((frame) => frame.type === undefined);
  }

  /** The token of the last auth frame. */
  get token(): string {
    const token = this.sent.findLast((frame) => frame.action === 'auth')?.token;
    if (typeof token !== 'string') throw new Error('the page has not sent a token');
    return token;
  }

  /** Resolves when the socket that is open now has been closed. */
  async socketClosed(): Promise<void> {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('the page has opened no socket');
    if (!socket.isClosed()) await socket.waitForEvent('close');
  }

  /** The control frames of a type, such as subscribed. */
  control(type: string): Frame[] {
    return this.received.filter((frame) => frame.type === type);
  }
}

function parse(payload: string | Buffer): Frame {
  return JSON.parse(payload.toString()) as Frame;
}
