// Callbacks of the app that throw: the error is shown, and nothing else is the worse for it.

import { useQuery } from '@tanstack/react-query';
import { expect, test, vi } from 'vitest';

import { useRealtimeSync } from '../src/index';
import { Board, fakeTime, mount, pass, setUp, text, TOPIC, type FakeRest } from './harness';

fakeTime();

const COUNT = ['count', '1'];

/** A second query of the same topic. */
function Count({ rest }: { rest: FakeRest }) {
  const { data } = useQuery({
    queryKey: COUNT,
    queryFn: async ({ signal }) => (await rest.get(signal)).map(({ v }) => v).join(),
  });
  useRealtimeSync({ topic: TOPIC, queryKey: COUNT });
  return <b>{data}</b>;
}

const fail = () => {
  throw new Error('a bug of the app');
};

test('onSubscribed that throws does not leave other hooks of the topic stale', async () => {
  const errors = vi.spyOn(console, 'error').mockImplementation(() => {});
  const world = setUp();
  const { rest, server, queryClient, cached } = world;
  mount(
    world,
    <>
      <Board rest={rest} onSubscribed={fail} />
      <Count rest={rest} />
    </>,
  );
  await pass(300);
  server.newEpoch(TOPIC);
  rest.rows.set('a', { id: 'a', v: 7 });
  server.socket.end();
  await pass(10_000);
  expect(text(cached())).toBe('a7');
  expect(queryClient.getQueryData(COUNT)).toBe('7');
  expect(errors).toHaveBeenCalledWith('[tidings] onSubscribed threw', expect.any(Error));
});

test('onUnsubscribed that throws does not keep revoked data of other hooks', async () => {
  const errors = vi.spyOn(console, 'error').mockImplementation(() => {});
  const world = setUp();
  const { rest, server, queryClient, cached } = world;
  mount(
    world,
    <>
      <Board rest={rest} onUnsubscribed={fail} />
      <Count rest={rest} />
    </>,
  );
  await pass(300);
  rest.failing = true;
  server.revoke(TOPIC);
  await pass(5000);
  expect(cached()).toBeUndefined();
  expect(queryClient.getQueryData(COUNT)).toBeUndefined();
  expect(errors).toHaveBeenCalledWith('[tidings] onUnsubscribed threw', expect.any(Error));
});

test('onUnsubscribed that throws while unmounting does not take the app down', async () => {
  const errors = vi.spyOn(console, 'error').mockImplementation(() => {});
  const world = setUp();
  const view = mount(world, <Board rest={world.rest} onUnsubscribed={fail} />);
  await pass(300);
  view.show(<p>Another page</p>);
  expect(view.container.textContent).toBe('Another page');
  expect(errors).toHaveBeenCalledWith('[tidings] onUnsubscribed threw', expect.any(Error));
});
