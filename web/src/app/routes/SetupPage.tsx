import { Link, Navigate } from '@tanstack/react-router';

import { buttonClass } from '@/components/ui/button';
import { getSetup } from '@/features/auth/api/get-setup';
import { AuthHeading } from '@/features/auth/components/AuthHeading';
import { SetupForm } from '@/features/auth/components/SetupForm';
import { useHashToken } from '@/hooks/useHashToken';
import { useLoad } from '@/hooks/useLoad';
import { useAuth } from '@/lib/context/AuthContext';

export function SetupPage() {
  const { status } = useAuth();
  const token = useHashToken();
  const setup = useLoad(getSetup);
  if (status === 'signed-in') return <Navigate to="/" replace />;
  if (setup.state === 'loaded' && !setup.data.needed) {
    return (
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
  }
  if (!token) {
    return (
      <AuthHeading
        title="The link is incomplete"
        body="Open the whole setup link that the server printed when it started, up to its last character."
      />
    );
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
