/** Why the server refused a token. */
export interface TokenRefusal {
  /**
   * `token_invalid`; `token_expired`; or `session_revoked`, when the login that the token stands for
   * has ended.
   */
  readonly code: string;
  /** In words, for a log. */
  readonly message: string;
}

/** What `getToken` is told. */
export interface TokenRequest {
  /**
   * Set when the server refused the last token, whatever its `exp` says: get another, past every
   * cache, or return nothing if there is none. The client asks once, then gives up.
   */
  readonly refused?: TokenRefusal | undefined;
}

/** What the client can be told. Every field is optional. */
export interface WebSocketOptions {
  /**
   * Where the server's WebSocket is; may be relative to the page.
   * @default `NEXT_PUBLIC_WS_URL` of the environment, else `/ws` on the page's own origin
   */
  url?: string | undefined;
  /**
   * Returns the access token, asked afresh at each connect and when four fifths of the token's time
   * are over. Let it wait for the renewal of one that is about to end. When the server refused the
   * last one, `refused` says why; a second refusal in a row ends in the state `error`. Nothing
   * (null, undefined, '') means that nobody is logged in: the client disconnects. A rejection is
   * taken as temporary and tried again.
   * @default none: the server must accept connections without a token
   */
  getToken?:
    | ((request: TokenRequest) => string | null | undefined | Promise<string | null | undefined>)
    | undefined;
  /**
   * Who is logged in. `null`: nobody, stay disconnected. A changed identity starts a new session
   * and forgets all positions. `undefined`: not used.
   * @default undefined
   */
  identity?: string | null | undefined;
  /**
   * Whether to reconnect after a loss.
   * @default true
   */
  reconnect?: boolean | undefined;
  /**
   * Bound of the first delay before reconnecting, in milliseconds. It doubles with each failure,
   * and the delay is drawn uniformly from zero to the bound.
   * @default 5000
   */
  reconnectInterval?: number | undefined;
  /**
   * The most that the bound grows to, in milliseconds.
   * @default 20000
   */
  reconnectMaxInterval?: number | undefined;
  /**
   * How often to ping the server, in milliseconds.
   * @default 30000
   */
  heartbeatInterval?: number | undefined;
  /**
   * How long an answer to a ping may take before the connection counts as lost, in milliseconds.
   * @default 10000
   */
  pongTimeout?: number | undefined;
  /**
   * Log what the client does to `console.debug`. Tokens are never logged.
   * @default false
   */
  debug?: boolean | undefined;
  /**
   * The WebSocket implementation, for tests and for runtimes without one, such as Node.js 20: there
   * that of the package `ws`.
   * @default globalThis.WebSocket
   */
  WebSocket?: typeof WebSocket | undefined;
}

/** The defaults of {@link WebSocketOptions}; times in milliseconds. */
export const DEFAULT_OPTIONS = {
  reconnect: true,
  reconnectInterval: 5000,
  reconnectMaxInterval: 20000,
  heartbeatInterval: 30000,
  pongTimeout: 10000,
  debug: false,
} as const;

type Defaulted = keyof typeof DEFAULT_OPTIONS;

/** Options with the defaults filled in. */
export type ResolvedOptions = Omit<WebSocketOptions, Defaulted> & {
  [Key in Defaulted]-?: NonNullable<WebSocketOptions[Key]>;
};

/** The longest time a browser's timer can wait, in milliseconds. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** Fills in the defaults; throws a TypeError naming the field that makes no sense. */
export function resolveOptions(options: WebSocketOptions): ResolvedOptions {
  const resolved = { ...options } as ResolvedOptions;
  for (const [name, fallback] of Object.entries(DEFAULT_OPTIONS)) {
    const value: unknown = (resolved[name as Defaulted] ??= fallback as never);
    const isTime = typeof fallback === 'number';
    if (isTime ? (value as number) > 0 && (value as number) <= MAX_TIMER_MS : value === !!value)
      continue;
    throw new TypeError(`${name} cannot be ${JSON.stringify(value)}`);
  }
  return resolved;
}
