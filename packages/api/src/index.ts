/**
 * The dashboard's REST API as types, generated from its OpenAPI document, and a
 * client that knows paths, bodies and answers.
 */
export { createApiClient } from './client';
export type { ApiClient, ApiClientOptions } from './client';

import type { components, operations, paths } from './schema';

export type { components, operations, paths };

type Schemas = components['schemas'];

export type Auth = Schemas['Login'];
export type Me = Schemas['Me'];
export type User = Schemas['User'];
export type Family = Schemas['Family'];
export type SetupState = Schemas['SetupState'];
export type NewInvite = Schemas['NewInvite'];
export type OpenInvite = Schemas['OpenInvite'];
export type InvitePreview = Schemas['InvitePreview'];

export type Money = Schemas['Money'];
export type Person = Schemas['Person'];
export type PersonInput = Schemas['PersonInput'];
export type PersonPatch = Schemas['PersonPatch'];
export type Occasion = Schemas['Occasion'];
export type OccasionInput = Schemas['OccasionInput'];
export type OccasionPatch = Schemas['OccasionPatch'];
export type OccasionPerson = Schemas['OccasionPerson'];
export type List = Schemas['List'];
export type ListInput = Schemas['ListInput'];
export type ListPatch = Schemas['ListPatch'];
export type Gift = Schemas['Gift'];
export type ListGift = Schemas['ListGift'];
export type GiftInput = Schemas['GiftInput'];
export type GiftPatch = Schemas['GiftPatch'];
export type Link = Schemas['Link'];
export type ListItem = Schemas['ListItem'];
export type ListItemInput = Schemas['ListItemInput'];
export type ListItemPatch = Schemas['ListItemPatch'];
export type Move = Schemas['Move'];
export type Wish = Schemas['Wish'];
export type WishInput = Schemas['WishInput'];

/** What an event carries of a gift: all but whom it would suit, which REST keeps from some readers. */
export type GiftPayload = Omit<Gift, 'person_ids'>;
export type ListGiftPayload = Omit<ListGift, 'person_ids'>;
export type ListItemPayload = Omit<ListItem, 'gift'> & { gift: GiftPayload };
export type WishPayload = Omit<Wish, 'gift'> & { gift: GiftPayload };

export type Status = ListItem['status'];
export type OccasionType = Occasion['type'];
export type ListType = List['type'];
export type Visibility = List['visibility'];
export type Access = List['access'];

/** An error, as RFC 9457 has it. */
export type Problem = Schemas['Problem'];
export type ProblemDetail = Schemas['Detail'];

/** A part of a collection; `next_cursor` asks for the next, '' behind the last. */
export interface Page<T> {
  items: T[];
  next_cursor: string;
}
