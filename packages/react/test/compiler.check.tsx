// Only run by vitest.compiler.config.ts: that the other tests there mean what they say.

import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';

import { ConnectionIndicator } from '../src/indicator';
import {
  useRealtimeSync,
  useWebSocket,
  WebSocketProvider,
  type WebSocketHandle,
} from '../src/index';
import { usePollingFallback } from '../src/polling';
import { usePresence } from '../src/presence';
import { fakeTime, mount, pass, setUp } from './harness';

fakeTime();

test.each([
  ['WebSocketProvider', WebSocketProvider],
  ['useWebSocket', useWebSocket],
  ['useRealtimeSync', useRealtimeSync],
  ['usePollingFallback', usePollingFallback],
  ['usePresence', usePresence],
  ['ConnectionIndicator', ConnectionIndicator],
])('%s is compiled', (_, compiled) => {
  expect(compiled.toString()).toContain('$[0]'); // a place in the compiler's cache
});

const describe = (socket: WebSocketHandle) => `It is ${socket.state}.`;

/** What it shows is remembered for as long as the handle is the same. */
function Sentence() {
  const socket = useWebSocket();
  return <p>{describe(socket)}</p>;
}

test('what is derived from the whole handle follows the state', async () => {
  const world = setUp();
  mount(world, <Sentence />);
  await pass(1000);
  expect(screen.getByText('It is connected.')).toBeDefined();
  world.server.down = true;
  world.server.socket.end();
  await pass(100);
  expect(screen.getByText('It is reconnecting.')).toBeDefined();
});
