import type { List, ListItem, Person, User } from '@/lib/api/types';

/** "Ann", "Ann and Ben", "Ann, Ben and Mia". */
export function inWords(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

const namesOf = (people: readonly Person[]) => inWords(people.map(({ name }) => name));

/** The people with these ids, in the order in which everybody is listed. */
export const peopleOf = (ids: readonly string[], people: readonly Person[]): Person[] =>
  people.filter(({ id }) => ids.includes(id));

/** Says for whom a card is, in a few words; empty where it is for nobody in particular. */
export const forWhom = (recipients: readonly Person[]): string =>
  recipients.length === 0 ? '' : `for ${namesOf(recipients)}`;

/** Says who does not see a card, by whom it is for. */
export function whoIsBlind(recipients: readonly Person[]): string {
  if (recipients.length === 0) {
    return 'Nobody in particular: everybody who sees this list sees the card.';
  }
  const members = recipients.filter(({ user_id }) => user_id !== null);
  const others = recipients.filter(({ user_id }) => user_id === null);
  return [
    members.length > 0 && `${namesOf(members)} ${do_(members)} not see this card.`,
    others.length > 0 &&
      `${namesOf(others)} ${have(others)} no account yet, and will not see it after joining.`,
  ]
    .filter(Boolean)
    .join(' ');
}

const do_ = ({ length }: readonly Person[]) => (length === 1 ? 'does' : 'do');
const have = ({ length }: readonly Person[]) => (length === 1 ? 'has' : 'have');

/** Says what the person that a list is about sees of a card. */
export function whoSees(person: Person, list: List, surprise: boolean): string {
  const { name, user_id } = person;
  if (list.hidden_from_person) return `This list is hidden from ${name}.`;
  if (surprise) return whoIsBlind([person]);
  if (user_id === null) return `${name} has no account yet, and will see this wish after joining.`;
  return `${name} sees this among the wishes.`;
}

/** The members who can buy a card's gift: all but its recipients. */
export const buyersOf = (users: readonly User[], recipientIds: readonly string[]): User[] =>
  users.filter(({ person_id }) => person_id === null || !recipientIds.includes(person_id));

/** What a card is to the person its list is about, where they see some of the list. */
export type Kind = 'wish' | 'surprise';

/** Null on lists about nobody in particular, and on those that are hidden from their person. */
export function kindOf(item: Pick<ListItem, 'surprise'>, list: List): Kind | null {
  if (list.person_id === null || list.hidden_from_person) return null;
  return item.surprise ? 'surprise' : 'wish';
}
