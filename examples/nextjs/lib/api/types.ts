/** What this example uses of giftboard's REST API; all of it is at /api/v1/openapi.json. */

export const STATUSES = ['idea', 'selected', 'purchased', 'received'] as const;
export type Status = (typeof STATUSES)[number];

export interface Gift {
  id: string;
  list_id: string;
  name: string;
  version: number;
}

export interface ListItem {
  id: string;
  list_id: string;
  gift: { id: string; name: string };
  status: Status;
  version: number;
}

export interface List {
  id: string;
  name: string;
}

export interface User {
  id: string;
  name: string;
}

export interface Login {
  access_token: string;
  /** When the access token ends, RFC 3339. */
  expires_at: string;
  user: User;
}

/** What reading a path gives. */
export type Read<Path extends string> = Path extends `/list-items?${string}`
  ? ListItem[]
  : Path extends `/gifts?${string}`
    ? Gift[]
    : Path extends `/gifts/${string}`
      ? Gift
      : Path extends `/lists?${string}`
        ? { items: List[] }
        : unknown;
