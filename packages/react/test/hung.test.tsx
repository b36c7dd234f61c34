// Requests that hang in a network that is gone: once the server answers again, they are given up.

import { expect, test } from 'vitest';

import { Board, fakeTime, mount, pass, setUp, text } from './harness';

fakeTime();

const AT_REST_MS = 300;
const BACK_MS = 30_000;

/** An app that is connected, with nothing that it keeps right. */
async function connected() {
  const world = setUp();
  const view = mount(world, <p>home</p>);
  await pass(AT_REST_MS);
  return { ...world, view, goAway: () => world.server.open.forEach((socket) => socket.end()) };
}

test('nobody looks when the server answers: it is given up when somebody does', async () => {
  const { rest, view, cached, goAway } = await connected();
  const board = <Board rest={rest} query={{ queryFn: () => rest.get() }} />; // it goes on unseen
  view.show(board);
  await pass(AT_REST_MS);
  rest.hung = true;
  rest.put('a', 1);
  await pass(50);
  view.show(<p>home</p>);
  rest.hung = false;
  goAway();
  await pass(BACK_MS);
  view.show(board);
  await pass(AT_REST_MS);
  expect(text(cached())).toBe('a1');
});

test('a page that is opened while the connection is away has a second chance, too', async () => {
  const { rest, server, view, cached, goAway } = await connected();
  server.down = true;
  goAway();
  await pass(50);
  rest.hung = true;
  view.show(<Board rest={rest} />);
  await pass(50);
  rest.hung = false;
  server.down = false;
  await pass(BACK_MS);
  expect(text(cached())).toBe('a0');
});

test('a page that is opened while the first connection is made is fetched once', async () => {
  const world = setUp();
  world.rest.positions = true;
  mount(world, <Board rest={world.rest} />);
  await pass(AT_REST_MS);
  expect(world.rest.requests).toBe(1);
});
