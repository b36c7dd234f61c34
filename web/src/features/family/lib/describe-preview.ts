import type { InvitePreview } from '@tidings/api';

import type { User } from '@/lib/api/types';
import { inWords } from '@/lib/recipients';

/** Cards that are named at most; the others are counted. */
const MAX_NAMED = 6;

type Cards = InvitePreview['hidden_cards'];
type List = InvitePreview['hidden_lists'][number];

const counted = (count: number, one: string, many = `${one}s`) =>
  `${count} ${count === 1 ? one : many}`;

/** "“Secateurs” and “Bird feeder” on the list “Christmas presents”, and 3 more". */
export function cardsInWords({ cards, count }: Cards): string {
  const named = cards.slice(0, MAX_NAMED);
  const byList = new Map<string, string[]>();
  for (const { list_name, gift_name } of named) {
    byList.set(list_name, [...(byList.get(list_name) ?? []), `“${gift_name}”`]);
  }
  const parts = [...byList].map(([list, gifts]) => `${inWords(gifts)} on the list “${list}”`);
  const more = count - named.length;
  return more > 0 ? `${parts.join('; ')}, and ${more} more` : parts.join('; ');
}

const hiddenList = ({ name, wishes, surprises }: List) =>
  `The list “${name}”, with ${counted(wishes + surprises, 'card')}`;

const surprisesOn = ({ name, wishes, surprises }: List) =>
  `${counted(surprises, 'surprise')} on the list “${name}”, of which the ${counted(wishes, 'wish', 'wishes')} will show`;

/** What the newcomer will not see, a line for each list and one for the cards on shared lists. */
export function hiddenThings({ hidden_lists, wish_lists, hidden_cards }: InvitePreview): string[] {
  return [
    ...hidden_lists.map(hiddenList),
    ...wish_lists.filter(({ surprises }) => surprises > 0).map(surprisesOn),
    ...(hidden_cards.count > 0 ? [cardsInWords(hidden_cards)] : []),
  ];
}

/** Says how the newcomer may have seen what will be hidden; empty where nobody sees it now. */
export function seenAlready(
  { person_name, seen_by }: InvitePreview,
  users: readonly User[],
): string {
  const names = users.filter(({ id }) => seen_by.includes(id)).map(({ name }) => name);
  if (names.length === 0) return '';
  const whose = names.length === 1 ? 'that account' : 'one of these accounts';
  return `${inWords(names)} ${names.length === 1 ? 'sees' : 'see'} it now. If ${person_name} has used ${whose}, or looked on, it is no surprise any more.`;
}
