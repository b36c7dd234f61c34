/** The answer to a log-in. */
interface Auth {
  access_token: string;
  user: { id: string; name: string; person_id: string | null };
}

export interface ListItem {
  id: string;
  list_id: string;
  gift: { id: string; name: string };
  status: Status;
  position: string;
  version: number;
}

export interface List {
  id: string;
  name: string;
  access: 'planner' | 'wisher';
  item_count: number;
}

export type Status = 'idea' | 'selected' | 'purchased' | 'received';

export const statuses: readonly Status[] = ['idea', 'selected', 'purchased', 'received'];

/** An answer of REST as it came, for tests that look at refusals. */
export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

export interface Account {
  name: string;
  email: string;
  password: string;
}

/** A member of the family who speaks REST, beside the browser. */
export class Member {
  private constructor(
    readonly account: Account,
    private readonly base: string,
    private readonly auth: Auth,
  ) {}

  get name(): string {
    return this.auth.user.name;
  }

  get userId(): string {
    return this.auth.user.id;
  }

  get personId(): string {
    if (this.auth.user.person_id === null) throw new Error(`${this.name} has no person`);
    return this.auth.user.person_id;
  }

  get accessToken(): string {
    return this.auth.access_token;
  }

  /** Uses the setup link. */
  static async setUp(base: string, token: string, account: Account): Promise<Member> {
    const body = { token, family_name: 'The Winters', ...account };
    return Member.enter(base, '/setup', body, account);
  }

  /** Joins by an invite. */
  static async join(base: string, invite: string, account: Account): Promise<Member> {
    return Member.enter(base, '/auth/register', { invite, ...account }, account);
  }

  static async logIn(base: string, account: Account): Promise<Member> {
    const { email, password } = account;
    return Member.enter(base, '/auth/login', { email, password }, account);
  }

  private static async enter(
    base: string,
    path: string,
    body: object,
    account: Account,
  ): Promise<Member> {
    const answer = await call(base, 'POST', path, body);
    return new Member(account, base, success(answer) as Auth);
  }

  /** Invites one further member; the token is what the link carries. */
  async invite(personId?: string): Promise<{ token: string; url: string }> {
    const body = personId === undefined ? {} : { person_id: personId };
    return (await this.post('/invites', body)) as { token: string; url: string };
  }

  async createList(input: object): Promise<List> {
    const list = { type: 'ideas', visibility: 'family', ...input };
    return (await this.post('/lists', list)) as List;
  }

  /** The lists the member may see. */
  async lists(): Promise<List[]> {
    return ((await this.get('/lists?limit=200')) as { items: List[] }).items;
  }

  /** Puts a new gift on a list. */
  async addItem(listId: string, name: string, more: object = {}): Promise<ListItem> {
    const item = { list_id: listId, gift: { name }, ...more };
    return (await this.post('/list-items', item)) as ListItem;
  }

  async items(listId: string): Promise<ListItem[]> {
    return (await this.get(`/list-items?list_id=${listId}`)) as ListItem[];
  }

  async move(item: ListItem, move: object): Promise<ListItem> {
    const body = { version: item.version, ...move };
    return (await this.post(`/list-items/${item.id}/move`, body)) as ListItem;
  }

  async get(path: string): Promise<unknown> {
    return success(await this.ask('GET', path));
  }

  async post(path: string, body: object): Promise<unknown> {
    return success(await this.ask('POST', path, body));
  }

  async patch(path: string, body: object): Promise<unknown> {
    return success(await this.ask('PATCH', path, body));
  }

  /** Sends a request and returns whatever comes back. */
  async ask(method: string, path: string, body?: object): Promise<Answer> {
    return call(this.base, method, path, body, this.accessToken);
  }
}

/** Sends a request, as nobody unless there is a token. */
export async function call(
  base: string,
  method: string,
  path: string,
  body?: object,
  token?: string,
): Promise<Answer> {
  const headers = new Headers();
  if (token !== undefined) headers.set('Authorization', `Bearer ${token}`);
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  const request: RequestInit = { method, headers };
  if (body !== undefined) request.body = JSON.stringify(body);
  const response = await fetch(`${base}/api/v1${path}`, request);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}

function success(answer: Answer): unknown {
  if (answer.status < 200 || answer.status > 299) {
    throw new Error(`REST answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
  return answer.body;
}

/** A board as text, one line a column in order: what two views of it are compared by. */
export function boardOf(items: readonly ListItem[]): Record<Status, string[]> {
  const column = (status: Status) =>
    items
      .filter((item) => item.status === status)
      .sort((a, b) => compare(a.position, b.position) || compare(a.id, b.id))
      .map((item) => item.gift.name);
  return {
    idea: column('idea'),
    selected: column('selected'),
    purchased: column('purchased'),
    received: column('received'),
  };
}

/** Bytewise, as ranks are. */
function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
