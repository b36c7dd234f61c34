import { isServer, QueryClient } from '@tanstack/react-query';

let inBrowser: QueryClient | undefined;

/** One client in the browser; on the server a new one for each request, so that nobody shares. */
export function getQueryClient(): QueryClient {
  if (isServer) return new QueryClient();
  return (inBrowser ??= new QueryClient());
}
