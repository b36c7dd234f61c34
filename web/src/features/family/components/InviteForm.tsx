import { UserPlus } from 'lucide-react';
import type { NewInvite } from '@tidings/api';
import { useQuery } from '@tanstack/react-query';
import { Fragment, useId, useState, type FormEvent, type ReactNode } from 'react';

import { Avatar } from '@/components/ui/Avatar';
import { Button } from '@/components/ui/Button';
import { DialogActions } from '@/components/ui/Dialog';
import { FormError } from '@/components/ui/Field';
import { errorMessage } from '@/lib/api/problem';
import type { Person, User } from '@/lib/api/types';

import { useCreateInvite } from '../api/create-invite';
import { invitePreviewQuery } from '../api/preview-invite';
import { InvitePreview } from './InvitePreview';

export interface InviteFormProps {
  people: readonly Person[];
  users: readonly User[];
  onInvited: (invite: NewInvite) => void;
}

/** Chooses whom the invite is for, and shows what they would see and what not. */
export function InviteForm({ people, users, onInvited }: InviteFormProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const name = useId();
  const invite = useCreateInvite();
  const preview = useQuery(invitePreviewQuery(chosen));
  const strangers = people.filter(({ user_id }) => user_id === null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate(chosen, { onSuccess: onInvited });
  };
  return (
    <form onSubmit={submit} className="flex grow flex-col gap-6">
      <fieldset className="flex min-w-0 flex-col gap-2">
        <legend className="mb-3 text-soft">
          Whom is it for? An account lets them plan along, on their own phone.
        </legend>
        <Choice
          name={name}
          checked={chosen === null}
          onChoose={() => setChosen(null)}
          icon={
            <span className="grid size-8 shrink-0 place-items-center rounded-full bg-sunken text-soft">
              <UserPlus aria-hidden className="size-4" />
            </span>
          }
          title="Somebody new"
          note={
            strangers.length === 0
              ? 'They say who they are when they join.'
              : 'None of those below: they would see what is for them.'
          }
        />
        {strangers.map((person) => (
          <Fragment key={person.id}>
            <Choice
              name={name}
              checked={chosen === person.id}
              onChoose={() => setChosen(person.id)}
              icon={<Avatar name={person.name} color={person.color} photo={person.photo_url} />}
              title={person.name}
              note={person.relationship}
            />
            {chosen === person.id && <InvitePreview preview={preview} users={users} />}
          </Fragment>
        ))}
      </fieldset>
      <DialogActions>
        {invite.error && (
          <div className="basis-full">
            <FormError>{errorMessage(invite.error)}</FormError>
          </div>
        )}
        <Button type="submit" busy={invite.isPending || preview.isLoading}>
          Make the link
        </Button>
      </DialogActions>
    </form>
  );
}

interface ChoiceProps {
  /** The name of the group of radio buttons. */
  name: string;
  checked: boolean;
  onChoose: () => void;
  icon: ReactNode;
  title: string;
  note: string;
}

const Choice = ({ name, checked, onChoose, icon, title, note }: ChoiceProps) => (
  <label className="flex min-h-14 cursor-pointer items-center gap-3 rounded-md border border-line px-3 py-2 transition-colors hover:border-line-strong has-checked:border-berry has-checked:bg-berry-soft has-focus-visible:outline-2 has-focus-visible:outline-ring">
    {icon}
    <span className="min-w-0 grow">
      <span className="block truncate font-medium">{title}</span>
      {note && <span className="block text-sm break-words text-soft">{note}</span>}
    </span>
    <input
      type="radio"
      name={name}
      checked={checked}
      onChange={onChoose}
      className="size-5 shrink-0 accent-berry outline-none"
    />
  </label>
);
