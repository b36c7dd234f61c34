import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { build, type BuildOptions } from 'esbuild';

/** What the packages share with the app. */
const SHARED = ['react', 'react/jsx-runtime', 'react-dom/client', '@tanstack/react-query'];

/** Our packages, each under its last name. */
const OURS = `
  export * as client from '@tidings/client';
  export * as presence from '@tidings/client/presence';
  export * as react from '@tidings/react';`;

/** A script from modules, for development. */
async function script(contents: string, options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    ...options,
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    // As published: tsconfig.json leads to the sources.
    tsconfigRaw: {},
    target: 'es2022',
    define: {
      'process.env.NODE_ENV': '"development"',
      'process.env.NEXT_PUBLIC_WS_URL': 'undefined',
    },
    write: false,
  });
  return outputFiles?.[0]?.text ?? '';
}

/** `modules` has what is shared; `load()` returns a copy of our packages; `copies` has one. */
async function bundle(): Promise<string> {
  const names = SHARED.map((name) => `'${name}': require('${name}')`);
  const shared = await script(`window.modules = { ${names.join()} };`, { format: 'iife' });
  const conditions = ['react-native']; // Of the client, that is the one that needs no bundler.
  const ours = await script(OURS, { format: 'cjs', external: SHARED, conditions });
  return `${shared}
    const load = () => {
      const module = {};
      ((module, require) => {${ours}})(module, (name) => modules[name]);
      return module.exports;
    };
    const copies = [load()];`;
}

/** A web server whose page has the packages, for development, as `copies`. */
export class PageServer {
  private constructor(
    readonly server: Server,
    readonly origin: string,
  ) {}

  /**
   * @param headers - Those of the page.
   * @param others - Answers every other path.
   */
  static async start(
    headers: Record<string, string> = {},
    others: RequestListener = (_, response) => response.writeHead(404).end(),
  ): Promise<PageServer> {
    const code = await bundle();
    const server = createServer((request, response) => {
      const path = request.url?.split('?')[0];
      if (path === '/script.js') {
        response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(code);
      } else if (path === '/') {
        const html =
          '<!doctype html><link rel="icon" href="data:,"><script src="/script.js"></script>';
        response.writeHead(200, { 'Content-Type': 'text/html', ...headers }).end(html);
      } else {
        others(request, response);
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return new PageServer(server, `http://localhost:${port}`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
