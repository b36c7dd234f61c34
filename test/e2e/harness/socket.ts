import type { Page } from '@playwright/test';

import type { Frame } from './frames';

/**
 * Opens one more socket in the page, asks for a topic as the token's user and
 * returns the one answer that every topic gets. `more` goes into the question.
 */
export async function askForTopic(
  page: Page,
  token: string,
  topic: string,
  more: object = {},
): Promise<Frame> {
  return page.evaluate(
    ([token, topic, more]) =>
      new Promise<Record<string, unknown>>((resolve, reject) => {
        const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws`);
        const send = (frame: object) => socket.send(JSON.stringify(frame));
        socket.onopen = () => send({ action: 'auth', token });
        socket.onclose = () => reject(new Error('the socket was closed without an answer'));
        socket.onmessage = ({ data }) => {
          const frame = JSON.parse(String(data)) as Record<string, unknown>;
          if (frame.type === 'hello') send({ action: 'subscribe', topic, ...more });
          if (frame.topic !== topic) return;
          resolve(frame);
          socket.close();
        };
      }),
    [token, topic, more] as const,
  );
}
