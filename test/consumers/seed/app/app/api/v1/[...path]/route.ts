/** The app's REST interface, in memory: what is changed here is published to the hub. */

interface Row {
  id: string;
  list_id: string;
  name: string;
  status: string;
}

const shared = globalThis as { rows?: Row[] };
shared.rows ??= [
  { id: '456', list_id: '123', name: 'Kite', status: 'idea' },
  { id: '789', list_id: '123', name: 'Socks', status: 'idea' },
];
const { rows } = shared;

const session = { user_id: 'anna', access_token: 'annas-token', expires_in: 300 };

async function publish(row: Row): Promise<void> {
  const data = { entity_id: row.id, payload: row };
  const topics = [`list-items:${row.list_id}`, `gift-list:${row.list_id}`, `gift:${row.id}`];
  const events = topics.map((topic) => ({ topic, event: 'UPDATED', data }));
  const response = await fetch(`${process.env.HUB_URL}/api/publish`, {
    method: 'POST',
    headers: { Authorization: 'Bearer dev' },
    body: JSON.stringify(events),
  });
  if (!response.ok) throw new Error(`publishing: ${response.status}`);
}

export async function GET(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const one = rows.find(({ id }) => pathname.endsWith(`/gifts/${id}`));
  return Response.json(one ?? rows.filter((row) => row.list_id === searchParams.get('list_id')));
}

export async function PATCH(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const row = rows.find(({ id }) => pathname.endsWith(`/gifts/${id}`));
  if (!row) return new Response('no such gift', { status: 404 });
  Object.assign(row, await request.json());
  await publish(row);
  return Response.json(row);
}

export function POST(request: Request): Response {
  const { pathname } = new URL(request.url);
  const isKnown = request.headers.get('cookie')?.includes('login=anna');
  if (pathname.endsWith('/token') && !isKnown) return new Response('', { status: 401 });
  return Response.json(session, { headers: { 'Set-Cookie': 'login=anna; Path=/; HttpOnly' } });
}
