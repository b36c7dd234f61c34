// Bundlers replace the literal `process.env.NEXT_PUBLIC_WS_URL` (Next) and
// `import.meta.env` (Vite): both must stay spelled out. A bare `process` would
// throw in Vite, and `globalThis.process` is empty in Next.
declare const process: { env: Record<string, string | undefined> } | undefined;

interface ViteMeta {
  env?: Record<string, string | undefined>;
}

/** The URL from the build's environment, `NEXT_PUBLIC_WS_URL`. */
function environmentUrl(): string | undefined {
  return (
    (typeof process !== 'undefined' ? process.env.NEXT_PUBLIC_WS_URL : undefined) ??
    (import.meta as ViteMeta).env?.NEXT_PUBLIC_WS_URL
  );
}

/**
 * Where to connect: the option, else `NEXT_PUBLIC_WS_URL`, else `/ws` of the page's own origin.
 * Relative and http(s) URLs are accepted. Throws when there is no page to be relative to.
 */
export function resolveUrl(option: string | undefined): string {
  const url = new URL(option || environmentUrl() || '/ws', globalThis.location?.href);
  return url.href.replace(/^http/, 'ws');
}
