import { vi } from 'vitest';

import {
  createClient,
  type TidingsClient,
  type WebSocketOptions,
  type WSEvent,
} from '../src/index';
import { FakeServer } from './fake-server';

export { FakeServer };

/** Lets this much (fake) time pass, and everything that happens in it. */
export const pass = (ms = 10) => vi.advanceTimersByTimeAsync(ms);

/** A client of a fake server. */
export function setUp(options: WebSocketOptions = {}, server = new FakeServer()) {
  const client: TidingsClient = createClient({
    url: 'wss://host/ws',
    WebSocket: server.WebSocket,
    ...options,
  });
  const states: string[] = [];
  client.onStatus(() => states.push(client.getStatus().state));
  return { server, client, states };
}

/** Subscribes and notes down what arrives. */
export function listen(client: TidingsClient, topic: string) {
  const events: WSEvent[] = [];
  const answers: string[] = [];
  const errors: string[] = [];
  const undo = client.subscribe(topic, (event) => void events.push(event), {
    onSubscribed: (answer) =>
      answers.push(`${answer.cause}${answer.recovered ? '+' : ''}@${answer.position.seq}`),
    onError: (error) => errors.push(error.code),
    onRevoked: () => errors.push('revoked'),
  });
  return { events, answers, errors, undo, seqs: () => events.map((event) => event.seq) };
}
