declare global {
  var __webpack_nonce__: string | undefined;
}

/** The page's style nonce, which the server writes into its head; undefined without a policy. */
export function styleNonce(): string | undefined {
  const meta = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]');
  return meta?.nonce || undefined;
}

/** Tells libraries that add style elements which nonce to put on them. */
export function publishStyleNonce(): void {
  const nonce = styleNonce();
  // Read by get-nonce, through which Radix locks scrolling behind dialogs.
  if (nonce) globalThis.__webpack_nonce__ = nonce;
}
