import type { List, Person, User } from '@/lib/api/types';

const AT = '2026-11-01T10:00:00Z';

const nameOf = (id: string) => id.charAt(0).toUpperCase() + id.slice(1);

/** A person for tests, whose name is the id's; with the id of an account, or without one. */
export const person = (id: string, user_id: string | null): Person => ({
  id,
  user_id,
  name: nameOf(id),
  relationship: '',
  birthdate: null,
  anniversary: null,
  notes: '',
  interests: [],
  sizes: {},
  constraints: [],
  photo_url: '',
  color: '#7a3f93',
  version: 1,
  created_at: AT,
  updated_at: AT,
});

/** An account for tests. */
export const user = (id: string, person_id: string | null): User => ({
  id,
  person_id,
  name: nameOf(person_id ?? id),
  email: `${id}@example.test`,
  color: '#7a3f93',
  admin: false,
  created_at: AT,
});

/** A list for tests that the reader plans: about nobody in particular, unless told otherwise. */
export const list = (more: Partial<List> = {}): List => ({
  id: 'list',
  name: 'Christmas presents',
  type: 'ideas',
  visibility: 'family',
  hidden_from_person: false,
  owner_id: 'u-clara',
  person_id: null,
  occasion_id: null,
  description: '',
  access: 'planner',
  item_count: 0,
  version: 1,
  created_at: AT,
  updated_at: AT,
  ...more,
});
