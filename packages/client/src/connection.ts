/** What a connection tells its owner; nothing more once it is closed from here. */
export interface ConnectionEvents {
  onOpen(): void;
  onMessage(data: unknown): void;
  onClosed(code: number, reason: string): void;
}

/** One socket, from its opening to its end. It never comes back: each attempt makes a new one. */
export interface Connection {
  /** Sends a frame; dropped when the socket is not open. */
  send(frame: object): void;
  /** Closes it and forgets its owner: a late event of an old socket reaches nobody. */
  close(): void;
}

/** Opens a socket. Throws when the URL cannot be one. */
export function openConnection(
  Socket: typeof WebSocket,
  url: string,
  events: ConnectionEvents,
): Connection {
  const socket = new Socket(url);
  let owner: ConnectionEvents | undefined = events;

  socket.onopen = () => owner?.onOpen();
  socket.onmessage = (message) => owner?.onMessage(message.data);
  // An error is always followed by a close, which carries the code. Unheard, it ends a Node process.
  socket.onerror = () => {};
  socket.onclose = ({ code, reason }) => {
    const last = owner;
    owner = undefined;
    last?.onClosed(code, reason);
  };

  return {
    send(frame) {
      if (owner && socket.readyState === 1) socket.send(JSON.stringify(frame));
    },
    close() {
      owner = undefined;
      socket.close(1000);
    },
  };
}
