import { describe, expect, expectTypeOf, it, vi } from 'vitest';

import { createApiClient, type Gift, type ListItem, type Problem } from './index';

const BASE = 'http://dashboard.test/api/v1';

const json = (status: number, body: unknown) =>
  Promise.resolve(
    new Response(JSON.stringify(body), {
      status,
      headers: { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' },
    }),
  );

describe('createApiClient', () => {
  it('sends the token and returns data or a problem', async () => {
    const requests: Request[] = [];
    const client = createApiClient({
      baseUrl: BASE,
      getToken: () => 'T1',
      fetch: (request) => {
        requests.push(request);
        return requests.length === 1 ? json(200, { id: 'g1' }) : json(404, { code: 'not_found' });
      },
    });
    const found = await client.GET('/gifts/{id}', { params: { path: { id: 'g1' } } });
    expect(found.data).toEqual({ id: 'g1' });
    expectTypeOf(found.data).toEqualTypeOf<Gift | undefined>();
    expect(requests[0]?.url).toBe(`${BASE}/gifts/g1`);
    expect(requests[0]?.headers.get('Authorization')).toBe('Bearer T1');

    const missing = await client.GET('/gifts/{id}', { params: { path: { id: 'g2' } } });
    expect(missing.error).toEqual({ code: 'not_found' });
    expectTypeOf(missing.error).toEqualTypeOf<Problem | undefined>();
  });

  it('repeats a refused request once, with its body, after a refresh', async () => {
    const bodies: string[] = [];
    const onUnauthorized = vi.fn(() => Promise.resolve('T2'));
    const client = createApiClient({
      baseUrl: BASE,
      getToken: () => 'T1',
      onUnauthorized,
      fetch: async (request) => {
        bodies.push(`${request.headers.get('Authorization')} ${await request.text()}`);
        return bodies.length === 1 ? json(401, {}) : json(200, { id: 'i1' });
      },
    });
    const body = { status: 'selected', version: 3 } as const;
    const moved = await client.POST('/list-items/{id}/move', {
      params: { path: { id: 'i1' }, header: { 'Mutation-Id': 'm1' } },
      body,
    });
    expectTypeOf(moved.data).toEqualTypeOf<ListItem | undefined>();
    expect(moved.data).toEqual({ id: 'i1' });
    expect(bodies).toEqual([
      `Bearer T1 ${JSON.stringify(body)}`,
      `Bearer T2 ${JSON.stringify(body)}`,
    ]);
    expect(onUnauthorized).toHaveBeenCalledTimes(1);
  });

  it('lets the refusal stand when there is no new token', async () => {
    const send = vi.fn(() => json(401, { code: 'unauthorized' }));
    const client = createApiClient({
      baseUrl: BASE,
      getToken: () => 'T1',
      onUnauthorized: () => null,
      fetch: send,
    });
    const { error, response } = await client.GET('/users');
    expect(response.status).toBe(401);
    expect(error).toEqual({ code: 'unauthorized' });
    expect(send).toHaveBeenCalledTimes(1);
  });

  it('neither sends a token nor asks for one when nobody is logged in', async () => {
    const onUnauthorized = vi.fn();
    let header: string | null = '';
    const client = createApiClient({
      baseUrl: BASE,
      getToken: () => null,
      onUnauthorized,
      fetch: (request) => {
        header = request.headers.get('Authorization');
        return json(401, {});
      },
    });
    await client.GET('/users');
    expect(header).toBeNull();
    expect(onUnauthorized).not.toHaveBeenCalled();
  });
});
