import { useQuery } from '@tanstack/react-query';
import type { NewInvite } from '@tidings/api';

import { Button } from '@/components/ui/Button';
import { DialogActions } from '@/components/ui/Dialog';
import type { Person, User } from '@/lib/api/types';

import { invitePreviewQuery } from '../api/preview-invite';
import { describeExpiry } from '../lib/describe-expiry';
import { isLoopback } from '../lib/is-loopback';
import { CopyField } from './CopyField';
import { InvitePreview } from './InvitePreview';
import { QrCode } from './QrCode';

export interface InviteLinkProps {
  invite: NewInvite;
  /** Whom it is for, if they are known already. */
  invited: Person | undefined;
  users: readonly User[];
  onMore: () => void;
  onDone: () => void;
}

/** The link to hand on, as text and as a picture for a phone's camera. */
export function InviteLink({ invite, invited, users, onMore, onDone }: InviteLinkProps) {
  const preview = useQuery(invitePreviewQuery(invited?.id ?? null));
  return (
    <>
      <div className="mb-6 flex flex-col gap-4">
        <p role="status" className="text-soft">
          Hand it to {invited?.name ?? 'one person'} only: it works once,{' '}
          {describeExpiry(invite.expires_at)}. It is not shown again.
        </p>
        <CopyField label="Invite link" value={invite.url} />
        {isLoopback(invite.url) ? (
          <LoopbackHint />
        ) : (
          <figure className="flex flex-col items-center gap-2">
            <QrCode text={invite.url} label="QR code of the invite link" />
            <figcaption className="text-sm text-faint">
              Or point the camera of their phone at it.
            </figcaption>
          </figure>
        )}
        {invited && <InvitePreview preview={preview} users={users} />}
      </div>
      <DialogActions>
        <Button look="quiet" onClick={onMore}>
          Invite another
        </Button>
        <Button onClick={onDone}>Done</Button>
      </DialogActions>
    </>
  );
}

/** How to make the server reachable from other devices. */
const LoopbackHint = () => (
  <div className="flex flex-col gap-2.5 rounded-md bg-honey-soft px-3.5 py-3 text-sm text-honey">
    <p>
      This address works on this computer only, so a phone cannot follow the link. Start the server
      in another way, then make a new one.
    </p>
    <Command when="At home, without encryption">GIFTBOARD_INSECURE_LAN=1 make run</Command>
    <Command when="The same, without make">giftboard serve --insecure-lan</Command>
    <Command when="With an address of your own">
      giftboard serve --public-url https://gifts.example.org
    </Command>
  </div>
);

const Command = ({ when, children }: { when: string; children: string }) => (
  <p>
    {when}:<code className="mt-0.5 block font-mono text-xs break-words select-all">{children}</code>
  </p>
);
