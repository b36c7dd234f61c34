import type { BrowserContext } from '@playwright/test';

/** Collects what goes wrong in pages: errors on the console, exceptions, breaches of the CSP. */
export class Complaints {
  private readonly all: string[] = [];
  private readonly expected: RegExp[] = [];

  listenTo(context: BrowserContext): void {
    // Chromium reports a breach of the Content-Security-Policy on the console, as an error.
    context.on('console', (message) => {
      if (message.type() === 'error')
        this.all.push(`${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => this.all.push(String(error.error())));
  }

  /** Names a complaint that belongs to the test: it kills the server, say. */
  expect(complaint: RegExp): void {
    this.expected.push(complaint);
  }

  get unexpected(): string[] {
    return this.all.filter((text) => !this.expected.some((pattern) => pattern.test(text)));
  }
}
