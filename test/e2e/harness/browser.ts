import type { PlaywrightTestConfig } from '@playwright/test';

/** The system's Chromium, kept from talking to anybody but the server under test. */
export const browserUse: NonNullable<PlaywrightTestConfig['use']> = {
  browserName: 'chromium',
  headless: true,
  locale: 'en-GB',
  timezoneId: 'Europe/Berlin',
  launchOptions: {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  },
};

/** The widths the UI is made for, in CSS pixels. */
export const desktop = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };
