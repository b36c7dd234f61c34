import { afterEach, expect, test, vi } from 'vitest';

import { resolveUrl } from '../src/env';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

test('the option comes first, then the environment, then the page', () => {
  vi.stubGlobal('location', { href: 'https://app.example/lists/1' });
  expect(resolveUrl(undefined)).toBe('wss://app.example/ws');
  vi.stubEnv('NEXT_PUBLIC_WS_URL', 'ws://localhost:8000/ws');
  expect(resolveUrl(undefined)).toBe('ws://localhost:8000/ws');
  expect(resolveUrl('wss://api.example.com/ws')).toBe('wss://api.example.com/ws');
});

test('relative and http URLs are understood', () => {
  vi.stubGlobal('location', { href: 'http://app.example/lists/1' });
  expect(resolveUrl('/live')).toBe('ws://app.example/live');
  expect(resolveUrl('https://api.example/ws')).toBe('wss://api.example/ws');
});

test('without a page and without a URL it says so', () => {
  vi.stubGlobal('location', undefined);
  expect(() => resolveUrl(undefined)).toThrow(/URL/);
});
