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

/** Why, where the runtime keeps it to itself as browsers do. */
const NO_CONNECTION = 'no connection (CSP connect-src?)';

/** Opens a socket. Throws when the URL cannot be one. */
export function openConnection(
  Socket: typeof WebSocket,
  url: string,
  events: ConnectionEvents,
): Connection {
  const socket = Object.assign(new Socket(url), events, {
    // No close follows where the page's CSP forbids the URL (Chromium), nor always in Node 22.
    onerror({ message = NO_CONNECTION }: { message?: string }) {
      if (socket.readyState === 3) events.onclose({ code: 1006, reason: message });
    },
  });
  return {
    send(frame) {
      if (socket.readyState === 1) socket.send(JSON.stringify(frame));
    },
    close() {
      // An error that nobody listens to would end Node; while it opens, closing it is one.
      Object.assign(socket, { onopen: null, onmessage: null, onclose: null, onerror() {} });
      socket.close(1000);
    },
  };
}
