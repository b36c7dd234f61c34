import type { NextConfig } from 'next';

/** Where giftboard is, as seen from this app's server. */
const GIFTBOARD_URL = process.env.GIFTBOARD_URL ?? 'http://localhost:8000';

const config: NextConfig = {
  // REST goes through this app's own origin: the cookie that renews a login is a first-party one.
  rewrites: () =>
    Promise.resolve([{ source: '/api/v1/:path*', destination: `${GIFTBOARD_URL}/api/v1/:path*` }]),
  // There is another lock file further up in this repository.
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
};

export default config;
