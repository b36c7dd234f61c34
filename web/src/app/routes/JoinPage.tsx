import { Link, Navigate } from '@tanstack/react-router';
import { useCallback, useState } from 'react';

import { Button, buttonClass } from '@/components/ui/Button';
import { Skeleton } from '@/components/ui/Skeleton';
import { toastError } from '@/components/ui/Toast';
import { getInvite } from '@/features/auth/api/get-invite';
import { AuthHeading } from '@/features/auth/components/AuthHeading';
import { JoinForm } from '@/features/auth/components/JoinForm';
import { useHashToken } from '@/hooks/useHashToken';
import { useLoad } from '@/hooks/useLoad';
import { errorMessage } from '@/lib/api/problem';
import { useAuth, useMe } from '@/lib/context/AuthContext';

export function JoinPage() {
  const { status } = useAuth();
  const token = useHashToken();
  // A new member goes on to the dashboard; a member who is logged in gets a message.
  const [cameAsGuest, setCameAsGuest] = useState(false);
  if (status === 'anonymous' && !cameAsGuest) setCameAsGuest(true);
  if (status === 'signed-in') return cameAsGuest ? <Navigate to="/" replace /> : <AlreadyIn />;
  if (status === 'restoring') return <Skeleton className="h-80" />;
  if (!token) return <BadInvite body="The link is incomplete: open it up to its last character." />;
  return <Invitation token={token} />;
}

function Invitation({ token }: { token: string }) {
  const invite = useLoad(useCallback((signal: AbortSignal) => getInvite(token, signal), [token]));
  if (invite.state === 'loading') return <Skeleton className="h-80" />;
  if (invite.state === 'failed') return <BadInvite body={errorMessage(invite.error)} />;
  const { family_name, person } = invite.data;
  return (
    <>
      <AuthHeading
        title={`Join ${family_name}`}
        body={
          person
            ? `Nice to see you, ${person.name}. Choose how you log in.`
            : 'Choose a name and how you log in.'
        }
      />
      <JoinForm invite={token} name={person?.name ?? ''} />
    </>
  );
}

/** The invite is for somebody else, or has been used. */
function AlreadyIn() {
  const { logout } = useAuth();
  const { user, family } = useMe();
  const leave = () => logout().catch((error: unknown) => toastError(errorMessage(error)));
  return (
    <>
      <AuthHeading
        title="You are logged in already"
        body={`You are logged in as ${user.name}, in ${family.name}. To use this invite for somebody else, log out first.`}
      />
      <div className="flex flex-wrap gap-2">
        <Link to="/" className={buttonClass()}>
          Go to the dashboard
        </Link>
        <Button look="quiet" onClick={() => void leave()}>
          Log out
        </Button>
      </div>
    </>
  );
}

const BadInvite = ({ body }: { body: string }) => (
  <>
    <AuthHeading title="This invite does not work" body={body} />
    <p className="mb-6 text-soft">Ask somebody in the family for a new one.</p>
    <Link to="/login" className={buttonClass('secondary')}>
      Log in instead
    </Link>
  </>
);
