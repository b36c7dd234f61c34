import type { NewInvite } from '@tidings/api';
import { useState } from 'react';

import { Dialog } from '@/components/ui/Dialog';
import type { Person, User } from '@/lib/api/types';

import { InviteForm } from './InviteForm';
import { InviteLink } from './InviteLink';

export interface InviteDialogProps {
  people: readonly Person[];
  users: readonly User[];
  onClose: () => void;
}

/** Invites somebody: first whom, then the link to hand on. */
export function InviteDialog({ people, users, onClose }: InviteDialogProps) {
  const [invite, setInvite] = useState<NewInvite | null>(null);
  const invited = people.find(({ id }) => id === invite?.person_id);
  const title = invited ? `A link for ${invited.name}` : 'A link to join';
  return (
    <Dialog open onOpenChange={onClose} title={invite ? title : 'Invite a member'}>
      {invite ? (
        <InviteLink
          invite={invite}
          invited={invited}
          users={users}
          onMore={() => setInvite(null)}
          onDone={onClose}
        />
      ) : (
        <InviteForm {...{ people, users }} onInvited={setInvite} />
      )}
    </Dialog>
  );
}
