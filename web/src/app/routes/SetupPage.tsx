import { Link, Navigate } from '@tanstack/react-router';
import { useCallback } from 'react';

import { buttonClass } from '@/components/ui/Button';
import { Skeleton } from '@/components/ui/Skeleton';
import { checkSetupLink } from '@/features/auth/api/check-setup-link';
import { getSetup, type SetupState } from '@/features/auth/api/get-setup';
import { AuthHeading } from '@/features/auth/components/AuthHeading';
import { SetupForm } from '@/features/auth/components/SetupForm';
import { useHashToken } from '@/hooks/useHashToken';
import { useLoad } from '@/hooks/useLoad';
import { isApiError } from '@/lib/api/problem';
import { useAuth } from '@/lib/context/AuthContext';

export function SetupPage() {
  const { status } = useAuth();
  const token = useHashToken();
  if (status === 'signed-in') return <Navigate to="/" replace />;
  return token ? <WithLink key={token} token={token} /> : <WithoutLink />;
}

/** Before a form is filled in for nothing. */
async function tryLink(token: string, signal: AbortSignal): Promise<SetupState> {
  const setup = await getSetup(signal);
  if (setup.needed) await checkSetupLink(token, signal);
  return setup;
}

function WithLink({ token }: { token: string }) {
  const link = useLoad(useCallback((signal: AbortSignal) => tryLink(token, signal), [token]));
  if (link.state === 'loading') return <Skeleton className="h-80" />;
  if (link.state === 'loaded' && !link.data.needed) return <AlreadySetUp />;
  // Any other failure may be over when the form is sent.
  if (link.state === 'failed' && isApiError(link.error, 'forbidden')) {
    return <AuthHeading title="This setup link does not work" body={link.error.message} />;
  }
  return (
    <>
      <AuthHeading
        title="Let’s set up your family"
        body="A name and a password, and you can start planning."
      />
      <SetupForm token={token} />
    </>
  );
}

function WithoutLink() {
  const setup = useLoad(getSetup);
  if (setup.state === 'loaded' && !setup.data.needed) return <AlreadySetUp />;
  return (
    <AuthHeading
      title="The link is incomplete"
      body="Open the whole setup link that the server printed when it started, up to its last character."
    />
  );
}

const AlreadySetUp = () => (
  <>
    <AuthHeading
      title="Already set up"
      body="This link has done its job: the family exists. Log in, or ask somebody in it for an invite."
    />
    <Link to="/login" className={buttonClass()}>
      Log in
    </Link>
  </>
);
