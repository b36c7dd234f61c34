import { Avatar } from '@/components/ui/Avatar';
import { PeoplePicker } from '@/components/ui/PeoplePicker';
import type { List, Person } from '@/lib/api/types';
import { useMe } from '@/lib/context/AuthContext';
import { peopleOf, whoIsBlind, whoSees } from '@/lib/recipients';

export interface RecipientsFieldProps {
  list: List;
  people: readonly Person[];
  error?: string | undefined;
  /** The ids of the recipients. */
  value: readonly string[];
  onChange: (ids: string[]) => void;
  /** Whether the card is kept from the person its list is about. */
  surprise: boolean;
}

/** Asks whom a card is for, and says who does not see it. On a list about a person it is settled. */
export function RecipientsField(props: RecipientsFieldProps) {
  const { list, people, error, value, onChange, surprise } = props;
  const { user: me } = useMe();
  if (list.person_id !== null) {
    const person = people.find(({ id }) => id === list.person_id);
    return person ? <Settled person={person} note={whoSees(person, list, surprise)} /> : null;
  }
  const others = people.filter(({ id }) => id !== me.person_id);
  if (others.length === 0) return null;
  return (
    <PeoplePicker
      legend="For"
      hint={
        <>
          <span role="status" className="block text-soft">
            {whoIsBlind(peopleOf(value, people))}
          </span>
          You cannot choose yourself: a card for you would be hidden from you. Put what you want on
          your wishlist.
        </>
      }
      error={error}
      people={others}
      value={value}
      onChange={onChange}
    />
  );
}

const Settled = ({ person, note }: { person: Person; note: string }) => (
  <div>
    <p className="mb-1.5 text-sm font-medium">For</p>
    <div className="flex items-center gap-2.5">
      <Avatar name={person.name} color={person.color} photo={person.photo_url} />
      <div className="min-w-0">
        <p className="truncate">{person.name}</p>
        <p role="status" className="text-sm break-words text-faint">
          {note}
        </p>
      </div>
    </div>
  </div>
);
