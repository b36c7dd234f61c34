import { Outlet, useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';

import { Button } from '@/components/ui/Button';
import { LogoMark } from '@/components/ui/Logo';
import { useAuth } from '@/lib/context/AuthContext';
import { HOME, sessionEnded, userEntered, wasUsed, wasUsedByAnother } from '@/lib/way-back';

import { rewind } from '../lib/rewind';
import { MemberProviders } from '../MemberProviders';
import { AppShell } from './AppShell';

/** Lets members in, sends everybody else to the log-in page. */
export function MemberLayout() {
  const { status, user, restore } = useAuth();

  if (status === 'restoring') return <Splash />;
  if (status === 'unreachable') return <Unreachable retry={restore} />;
  if (!user) return <ToLogin />;
  return (
    // Another user starts with empty caches: nothing of the one before is left to see.
    <NotWhereAnotherWas key={user.id} userId={user.id}>
      <MemberProviders>
        <AppShell>
          <Outlet />
        </AppShell>
      </MemberProviders>
    </NotWhereAnotherWas>
  );
}

/**
 * Takes a user home who comes to where another was: in a tab that slept while somebody else logged
 * in elsewhere, or that the phone had dropped.
 */
function NotWhereAnotherWas({ userId, children }: { userId: string; children: ReactNode }) {
  const { history } = useRouter();
  const [isAnothers, setAnothers] = useState(() => wasUsedByAnother(userId));
  useEffect(() => {
    if (!isAnothers) return userEntered(userId);
    void rewind(history).then(() => setAnothers(false));
  }, [isAnothers, userId, history]);
  return isAnothers ? <Splash /> : children;
}

/**
 * Goes to the log-in page and, after it, back to here, if it is the same user who logs in. Once:
 * while that page is loading the location changes already, and must not be taken for a place to
 * come back to.
 */
function ToLogin() {
  const navigate = useNavigate();
  const { history } = useRouter();
  useEffect(() => {
    const here = history.location.href;
    if (wasUsed()) {
      sessionEnded(here);
      void rewind(history).then(() => navigate({ to: '/login' }));
      return;
    }
    void navigate({ to: '/login', search: here === HOME ? {} : { next: here }, replace: true });
  }, [navigate, history]);
  return <Splash />;
}

const Splash = () => (
  <div role="status" aria-label="Loading" className="grid min-h-dvh place-items-center">
    <title>Tidings</title>
    <LogoMark className="size-12 animate-shimmer" />
  </div>
);

const Unreachable = ({ retry }: { retry: () => Promise<void> }) => (
  <main className="grid min-h-dvh place-items-center px-5">
    <div className="flex max-w-sm flex-col items-center gap-3 text-center">
      <LogoMark className="size-12" />
      <h1 className="mt-2 text-xl">The server cannot be reached</h1>
      <p className="text-pretty text-soft">Your family’s gifts are safe there. Are you online?</p>
      <Button className="mt-3" onClick={() => void retry()}>
        Try again
      </Button>
    </div>
  </main>
);
