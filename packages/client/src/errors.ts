// Bundlers replace the literal `process.env.NODE_ENV`, and so strip what is for development.
declare const process: { env: { NODE_ENV?: string } };

/** What the client's own codes mean. */
const WORDS: Record<string, string> = {
  not_authenticated: 'nobody is logged in',
  timeout: 'no answer in time',
  pong_timeout: 'the server went silent',
  revoked: 'access was taken away',
  closed: 'the connection was closed',
};

/** In words in development; in production, where the guide has the words, the code. */
function wordsOf(code: string): string {
  try {
    if (process.env.NODE_ENV !== 'production') return WORDS[code] ?? code;
  } catch {
    // A page without a bundler: as in production.
  }
  return code;
}

/** Base of every error that the client reports. */
export class TidingsError extends Error {
  /**
   * Stable and machine-readable: a code of the protocol, or one of the client's own (`no_url`,
   * `token_failed`, `timeout`, `pong_timeout`, `closed`).
   */
  declare readonly code: string;

  constructor(code: string, message = wordsOf(code), options?: ErrorOptions) {
    super(message, options);
    // The class's own name would be a letter in production.
    Object.assign(this, { name: 'TidingsError', code });
  }
}

/** The connection could not be made, or was lost. */
export class ConnectionError extends TidingsError {
  /** The WebSocket close code, when there was one. */
  declare closeCode?: number;
}

/** The token is missing, expired or refused. */
export class AuthError extends TidingsError {}

/** The server, or the client itself, refused a topic. */
export class SubscriptionError extends TidingsError {
  declare readonly topic: string;

  constructor(topic: string, code: string, message?: string) {
    super(code, message);
    Object.assign(this, { topic });
  }
}

/** Whether a value is an error reported by this client. */
export const isTidingsError = (value: unknown): value is TidingsError =>
  value instanceof TidingsError;
