import type { NewInvite } from '@tidings/api';

import { Button } from '@/components/ui/button';
import { DialogActions } from '@/components/ui/dialog';

import { describeExpiry } from '../lib/describe-expiry';
import { isLoopback } from '../lib/is-loopback';
import { CopyField } from './CopyField';
import { QrCode } from './QrCode';

export interface InviteLinkProps {
  invite: NewInvite;
  /** Whom it is for, if they are known already. */
  name: string | undefined;
  onMore: () => void;
  onDone: () => void;
}

/** The link to hand on, as text and as a picture for a phone's camera. */
export function InviteLink({ invite, name, onMore, onDone }: InviteLinkProps) {
  return (
    <>
      <div className="mb-6 flex flex-col gap-4">
        <p role="status" className="text-soft">
          Hand it to {name ?? 'one person'} only: it works once, {describeExpiry(invite.expires_at)}
          . It is not shown again.
        </p>
        <CopyField label="Invite link" value={invite.url} />
        {isLoopback(invite.url) && (
          <p className="rounded-md bg-honey-soft px-3.5 py-2.5 text-sm text-honey">
            This address works on this computer only. Start the server with{' '}
            <code className="font-mono">--public-url</code> to invite other devices.
          </p>
        )}
        <figure className="flex flex-col items-center gap-2">
          <QrCode text={invite.url} label="QR code of the invite link" />
          <figcaption className="text-sm text-faint">
            Or point the camera of their phone at it.
          </figcaption>
        </figure>
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
