/** The shapes of the REST API, as the UI names them. */
export interface Money {
  amount: number;
  currency: string;
}
export interface User {
  id: string;
  name: string;
  email: string;
  admin: boolean;
  person_id: string | null;
  color: string;
  created_at: string;
}
export interface Family {
  name: string;
  currency: string;
}
export interface Auth {
  access_token: string;
  expires_at: string;
  user: User;
  family: Family;
}
export interface Person {
  id: string;
  name: string;
  relationship: string;
  birthdate: string | null;
  anniversary: string | null;
  notes: string;
  interests: string[];
  sizes: Record<string, string>;
  constraints: string[];
  photo_url: string;
  color: string;
  user_id: string | null;
  version: number;
  created_at: string;
  updated_at: string;
}
export type OccasionType = 'holiday' | 'recurring' | 'other';
export interface OccasionPerson {
  person_id: string;
  budget: Money | null;
}
export interface Occasion {
  id: string;
  name: string;
  type: OccasionType;
  date: string;
  description: string;
  budget_total: Money | null;
  recurrence_rule: '' | 'yearly';
  next_occurrence: string | null;
  people: OccasionPerson[];
  version: number;
  created_at: string;
  updated_at: string;
}
export type ListType = 'wishlist' | 'ideas' | 'assigned';
export type Visibility = 'private' | 'family' | 'public';
export interface List {
  id: string;
  name: string;
  type: ListType;
  visibility: Visibility;
  hidden_from_person: boolean;
  owner_id: string;
  person_id: string | null;
  occasion_id: string | null;
  description: string;
  access: 'wisher' | 'planner';
  item_count: number;
  version: number;
  created_at: string;
  updated_at: string;
}
export interface GiftLink {
  label: string;
  url: string;
}
export type Priority = 'low' | 'medium' | 'high';
export interface Gift {
  id: string;
  name: string;
  url: string;
  price: Money | null;
  sale_price: Money | null;
  image_url: string;
  source: string;
  description: string;
  notes: string;
  priority: Priority;
  quantity: number;
  additional_links: GiftLink[];
  person_ids: string[];
  version: number;
  created_at: string;
  updated_at: string;
}
export type ListGift = Gift & { list_id: string };
export type Status = 'idea' | 'selected' | 'purchased' | 'received';
export interface ListItem {
  id: string;
  list_id: string;
  gift_id: string;
  gift: Gift;
  status: Status;
  position: string;
  assignee_id: string | null;
  notes: string;
  price: Money | null;
  discount_price: Money | null;
  quantity: number;
  surprise: boolean;
  version: number;
  created_at: string;
  updated_at: string;
}
export interface Wish {
  id: string;
  list_id: string;
  gift_id: string;
  gift: Gift;
  created_at: string;
}
export interface Page<T> {
  items: T[];
  next_cursor: string;
}
