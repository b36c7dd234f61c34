// What Chromium alone does: it throttles the timers of hidden tabs, and blocks sockets by CSP.

import { createClient } from '@tidings/client';
import { watchPresence } from '@tidings/client/presence';
import { expect, test } from '@playwright/test';
import { WebSocket } from 'ws';

import { Chromium, type Tab } from '../harness/hidden-tab';
import { Hub } from '../harness/hub';
import { PageServer } from '../harness/page';

/** By default Chromium waits for five minutes before it lets a hidden tab's timers run once a minute. */
const FLAGS = ['--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/1'];

/** A timer that is this late has been throttled, in milliseconds. */
const LATE_MS = 20_000;

/** What the page does: be there on a topic, and note each timer that is late. */
const script = (url: string) => `{
  const { createClient } = copies[0].client;
  window.sockets = 0;
  window.late = 0;
  window.WebSocket = class extends WebSocket {
    constructor(...all) { super(...all); window.sockets++; }
  };
  const options = { url: ${JSON.stringify(url)}, heartbeatInterval: 2000, pongTimeout: 500 };
  window.client = createClient(options);
  copies[0].presence.watchPresence(client, 'list:1', () => {});
  client.connect();
  let ran = Date.now();
  setInterval(() => {
    if (Date.now() - ran > ${LATE_MS}) window.late++;
    ran = Date.now();
  }, 1000);
}`;

let chromium: Chromium;
let hub: Hub;
let pages: PageServer;
let tab: Tab;

test.beforeAll(async () => {
  pages = await PageServer.start();
  hub = await Hub.start(pages.origin);
  chromium = await Chromium.start(FLAGS);
});
test.afterAll(async () => {
  await chromium.stop();
  await pages.stop();
  await hub.stop();
});

// Guarantees: B5
test('a tab that is hidden for minutes keeps its connection, and is there all the time', async () => {
  tab = await chromium.open(pages.origin);
  await expect.poll(() => tab.evaluate('typeof copies')).toBe('object');
  await tab.evaluate(script(hub.socketUrl));

  const counts: number[] = [];
  const other = createClient({
    url: hub.socketUrl,
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
  });
  watchPresence(other, 'list:1', ({ count }) => counts.push(count));
  other.connect();
  await expect.poll(() => tab.evaluate('client.getStatus().state')).toBe('connected');
  await expect.poll(() => counts.at(-1)).toBe(2);

  await chromium.open('about:blank');
  await expect.poll(() => tab.evaluate('document.visibilityState')).toBe('hidden');
  await expect
    .poll(() => tab.evaluate('late'), { timeout: 4 * 60_000, intervals: [2000] })
    .toBeGreaterThanOrEqual(2);
  expect(await tab.evaluate('sockets')).toBe(1);
  expect(await tab.evaluate('client.getStatus().state')).toBe('connected');
  const since = counts.slice(counts.indexOf(2));
  expect(
    since.filter((count) => count !== 2),
    'nobody saw it leave',
  ).toEqual([]);
  other.disconnect();
});

/** How soon the page knows that its socket is blocked, in milliseconds; a lost answer takes 15 s. */
const AT_ONCE_MS = 5000;

// Guarantees: B6
test('a socket that the CSP blocks: the state says so at once, the console names the cure', async ({
  page,
}) => {
  const strict = await PageServer.start({ 'Content-Security-Policy': "connect-src 'self'" });
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  await page.goto(strict.origin);
  const connecting = `new Promise((resolve) => {
    const began = performance.now();
    const client = copies[0].client.createClient({ url: '${hub.socketUrl}' });
    client.onStatus(() => {
      const { state, error } = client.getStatus();
      if (error) resolve({ state, message: error.message, after: performance.now() - began });
    });
    client.connect();
  })`;
  type Status = { state: string; message: string; after: number };
  const { state, message, after } = await page.evaluate<Status>(connecting);
  expect(state).toBe('reconnecting');
  expect(message).toMatch(/CSP.*connect-src/);
  expect(after).toBeLessThan(AT_ONCE_MS);
  const cure = `Add ${hub.socketUrl.replace('/ws', '')} to its connect-src`;
  await expect.poll(() => said.filter((line) => line.includes(cure)).length).toBe(1);
  await strict.stop();
});
