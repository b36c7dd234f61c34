/** What a connection tells its owner; nothing more once it is closed from here. */
export interface ConnectionEvents {
  onopen: () => void;
  onmessage: (message: { data: unknown }) => void;
  onclose: (close: { code: number; reason: string }) => void;
}

/** One socket, from its opening to its end. It never comes back: each attempt makes a new one. */
export interface Connection {
  /** Sends a frame; dropped when the socket is not open. */
  send(frame: object): void;
  /** Closes it and forgets its owner: a late event of an old socket reaches nobody. */
  close(): void;
}

/** The code of a close that had no close frame. */
const ABNORMAL = 1006;

/** Opens a socket. Throws when the URL cannot be one. */
export function openConnection(
  Socket: typeof WebSocket,
  url: string,
  events: ConnectionEvents,
): Connection {
  const socket = new Socket(url);
  /** What the error said: nothing in a browser, the HTTP status in Node. */
  let problem: string | undefined;
  Object.assign(socket, {
    ...events,
    onclose: ({ code, reason }: CloseEvent) =>
      events.onclose({ code, reason: reason || problem || '' }),
    // No close follows where the page's CSP forbids the URL (Chromium), nor in Node 22.
    onerror({ message }: { message?: string } = {}) {
      problem = message;
      if (socket.readyState === 3) socket.onclose?.({ code: ABNORMAL, reason: '' } as CloseEvent);
    },
  });
  return {
    send(frame) {
      if (socket.readyState === 1) socket.send(JSON.stringify(frame));
    },
    close() {
      Object.assign(socket, { onopen: null, onmessage: null, onclose: null });
      socket.close(1000);
    },
  };
}
