/** `NEXT_PUBLIC_WS_URL` as Vite knows it; undefined everywhere else. */
export declare function bundledUrl(): string | undefined;
