import { bundledUrl } from '#env';

// Bundlers replace the literal `process.env.NEXT_PUBLIC_WS_URL`: it must stay spelled out. A bare
// `process` would throw in Vite, and `globalThis.process` is empty in Next.
declare const process: { env: Record<string, string | undefined> } | undefined;

/** The URL from the build's environment, `NEXT_PUBLIC_WS_URL`. */
export function environmentUrl(): string | undefined {
  return (
    (typeof process !== 'undefined' ? process.env.NEXT_PUBLIC_WS_URL : undefined) ?? bundledUrl()
  );
}

/**
 * Where to connect: the option, else `NEXT_PUBLIC_WS_URL`, else `/ws` of the page's own origin.
 * Relative and http(s) URLs are accepted. Throws when there is no page to be relative to.
 */
export function resolveUrl(option: string | undefined): string {
  const wanted = option || environmentUrl() || '/ws';
  const { href } = new URL(wanted, globalThis.location?.href);
  // React Native's URL adds a slash to what is complete already.
  return (/^\w+:/.test(wanted) ? wanted : href).replace(/^http/i, 'ws');
}
