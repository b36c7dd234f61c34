import { beforeEach, describe, expect, it, vi } from 'vitest';

import {
  pathHere,
  sessionEnded,
  userEntered,
  userLoggedOut,
  wasUsedByAnother,
  wayOn,
} from './way-back';

const SECRET = '/lists/surprise-for-jonas';

beforeEach(() => {
  const stored = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  });
  vi.stubGlobal('location', { origin: 'https://gifts.example' });
  vi.stubGlobal('window', globalThis);
});

describe('the way on after a log-in', () => {
  it('leads to the link that was opened, in a tab that nobody used', () => {
    expect(wayOn('jonas', '/lists/a')).toBe('/lists/a');
  });

  it('leads back to where the same user was when the session ended', () => {
    userEntered('clara');
    sessionEnded(SECRET);
    expect(wayOn('clara', undefined)).toBe(SECRET);
  });

  it.each([
    ['the session ended', () => sessionEnded(SECRET)],
    ['the user logged out', () => userLoggedOut()],
    ['the page was dropped', () => undefined],
  ])('leads another user home after %s, whatever the address says', (_what, end) => {
    userEntered('clara');
    end();
    expect(wayOn('jonas', undefined)).toBe('/');
    expect(wayOn('jonas', SECRET)).toBe('/');
  });

  it('leads home after a log-out, the same user too', () => {
    userEntered('clara');
    userLoggedOut();
    sessionEnded(SECRET);
    expect(wayOn('clara', SECRET)).toBe('/');
  });

  it('keeps the place while the log-in page is left and opened again', () => {
    userEntered('clara');
    sessionEnded(SECRET);
    sessionEnded('/');
    expect(wayOn('clara', undefined)).toBe(SECRET);
  });
});

describe('a tab', () => {
  it('knows another user from the last one', () => {
    expect(wasUsedByAnother('jonas')).toBe(false);
    userEntered('clara');
    expect(wasUsedByAnother('clara')).toBe(false);
    expect(wasUsedByAnother('jonas')).toBe(true);
    userEntered('jonas');
    expect(wasUsedByAnother('jonas')).toBe(false);
  });
});

describe('pathHere', () => {
  it.each([
    ['/', '/'],
    ['/lists/a', '/lists/a'],
    ['/family?invite=true#top', '/family?invite=true#top'],
    ['/lists/../gifts', '/gifts'],
    ['/https://evil.example', '/https://evil.example'],
    ['/%2F%2Fevil.example', '/%2F%2Fevil.example'],
    ['/%5Cevil.example', '/%5Cevil.example'],
  ])('keeps the path %s', (address, path) => {
    expect(pathHere(address)).toBe(path);
  });

  it.each([
    'https://evil.example',
    'https://gifts.example/lists/a',
    'HTTPS:evil.example',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '\\/evil.example',
    '/\t/evil.example',
    '/\n\\evil.example',
    ' //evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    '/%2e//evil.example',
    '//evil.example:80:80',
    'javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,hello',
    'lists/a',
    '',
    undefined,
    null,
    7,
    ['/lists/a'],
    { href: '/lists/a' },
  ])('leads home from %j', (address) => {
    expect(pathHere(address)).toBe('/');
  });
});
