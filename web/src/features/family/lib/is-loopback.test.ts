import { describe, expect, it } from 'vitest';

import { isLoopback } from './is-loopback';

describe('isLoopback', () => {
  it.each([
    ['http://localhost:8000/join#abc', true],
    ['http://gifts.localhost/join#abc', true],
    ['http://127.0.0.1:8000/join#abc', true],
    ['http://[::1]:8000/join#abc', true],
    ['http://192.168.1.20:8000/join#abc', false],
    ['https://gifts.example.org/join#abc', false],
    ['https://localhost.example.org/join#abc', false],
  ])('%s: %s', (url, expected) => {
    expect(isLoopback(url)).toBe(expected);
  });
});
