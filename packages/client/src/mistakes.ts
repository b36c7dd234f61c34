// What a newcomer can get wrong at the connection, and what to do about it: for development alone,
// bundlers strip it from production. The guide's table "Connection" lists the same.

/** The mistakes that can be told apart, each with its message: cause first, then cure. */
export const MISTAKES = {
  noUrl: () =>
    'no URL: there is no page to be relative to. Set the option url, or NEXT_PUBLIC_WS_URL when the app is built.',
  badUrl: (url: string) =>
    `"${url}" cannot be a WebSocket's URL. Write it out: ws://host:port/ws, or wss:// behind TLS.`,
  mixedContent: (url: string) =>
    `a page on https may not open ${url}. Use wss:// and serve the hub through TLS.`,
  csp: (url: string) =>
    `the page's Content-Security-Policy forbids ${url}. Add ${originOf(url)} to its connect-src.`,
  noSocket: () =>
    'this runtime has no WebSocket. Pass one as the option WebSocket: in Node 20 that of the package ws.',
  nothingThere: (url: string) =>
    `nothing answers at ${originOf(url)}. Is the hub running there, is the port right, does the browser trust its certificate?`,
  unreadable: (url: string) =>
    `something answers at ${originOf(url)}, but takes no WebSocket at ${pathOf(url)}. Check the path (/ws by custom); a proxy has to pass on Upgrade and Connection.`,
  htmlPage: (url: string) =>
    `${url} answers with an HTML page: that is a website, such as your app's own development server, not the hub. Point the URL at the hub, or have the server proxy ${pathOf(url)} to it.`,
  defaultUrl: (url: string) =>
    `${url} is not the hub: neither the option url nor NEXT_PUBLIC_WS_URL is set, so it is /ws of the page's own origin. Set one of them.`,
  notFound: (url: string) => `${url} is not found (404). Check the path: the hub's is /ws.`,
  proxyDropsUpgrade: (url: string) =>
    `the hub answers at ${url}, but not to a WebSocket: a proxy in between drops it. Have it speak HTTP/1.1 to the hub and pass on the headers Upgrade and Connection.`,
  redirect: (url: string, to: string) =>
    `${url} redirects to ${to}, and WebSockets follow no redirect. Use that URL.`,
  tokenInUrl: (url: string) =>
    `${originOf(url)} refuses tokens in the URL, where logs keep them. Use the option getToken.`,
  origin: (origin: string) =>
    `the server does not let in pages of ${origin}. Allow it there (tidings serve --allowed-origin ${origin}, giftboard serve --allowed-origins ${origin}), or have the proxy keep the Host header, port included.`,
  wrongHost: (url: string) =>
    `the server at ${originOf(url)} does not go by that name. Use the name it is configured with.`,
  busy: (url: string, status: number) =>
    `${originOf(url)} takes no more connections for now (${status}). Its log says which limit was reached.`,
  gateway: (url: string, status: number) =>
    `a proxy answers ${status} at ${url}: it does not reach the hub. Is the hub running where the proxy looks for it?`,
  status: (url: string, status: number) =>
    `${url} answers ${status} instead of opening a WebSocket. Check the URL, and whatever stands before the hub.`,
  noToken: () =>
    'the server waits for a token and gets none. Set the option getToken, or start the hub with --dev.',
  silent: (url: string) =>
    `${url} opens, but no word of Tidings comes. Is it the hub, and does a proxy hold its answers back?`,
  tokenFailed: (why: string) =>
    `getToken rejects (${why}). It is tried again; return null where nobody is logged in.`,
  tokenRefused: (facts: string) =>
    `the server refuses the token twice in a row. ${facts}The hub's log names the reason.`,
  tokenExpired: (facts: string) =>
    `the server takes a fresh token for an expired one. ${facts}Renew it past every cache, and compare the clocks of the hub and of whatever signs.`,
  loginEnded: () =>
    "the login behind the token was revoked. Return another login's token from getToken, or null.",
  twoCopies: () =>
    'two copies of @tidings/client are loaded: positions and errors of one are strangers to the other. Find them with "npm ls @tidings/client" and let the bundler dedupe.',
} as const;

/** A URL's scheme, host and port. */
function originOf(url: string): string {
  return /^\w+:\/\/[^/?#]*/.exec(url)?.[0] ?? url;
}

/** A URL's path. */
function pathOf(url: string): string {
  return url.slice(originOf(url).length).replace(/[?#].*/, '') || '/';
}

const said = new Set<string>();

/** Says a message on the console, once a page. */
export function say(code: string, message: string): void {
  if (said.has(message)) return;
  said.add(message);
  console.error(`[tidings] ${code}: ${message}`);
}
