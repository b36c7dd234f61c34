import { useRouter, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';

import { getSetup } from '@/features/auth/api/get-setup';
import { AuthHeading } from '@/features/auth/components/AuthHeading';
import { LoginForm } from '@/features/auth/components/LoginForm';
import { useLoad } from '@/hooks/useLoad';
import { useAuth } from '@/lib/context/AuthContext';
import { wayOn } from '@/lib/way-back';

export function LoginPage() {
  const { user } = useAuth();
  const { next } = useSearch({ from: '/guest/login' });
  const { history } = useRouter();
  const setup = useLoad(getSetup);

  useEffect(() => {
    if (user) history.replace(wayOn(user.id, next));
  }, [user, history, next]);

  if (user) return null;
  if (setup.state === 'loaded' && setup.data.needed) {
    return (
      <AuthHeading
        title="Almost there"
        body="This Tidings has no family yet. Open the setup link that the server printed when it started."
      />
    );
  }
  return (
    <>
      <AuthHeading title="Welcome back" body="Log in to your family’s dashboard." />
      <LoginForm />
      <p className="mt-6 text-sm text-faint">
        New here? Ask somebody in the family for an invite link.
      </p>
    </>
  );
}
