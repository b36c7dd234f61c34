import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { UserPlus } from 'lucide-react';

import { Button } from '@/components/ui/Button';
import { LoadError, Page } from '@/components/ui/Page';
import { Skeleton } from '@/components/ui/Skeleton';
import { InviteDialog } from '@/features/family/components/InviteDialog';
import { MemberList } from '@/features/family/components/MemberList';
import { peopleQuery, usersQuery } from '@/lib/api/queries';
import { useMe } from '@/lib/context/AuthContext';

export function FamilyPage() {
  const { family, user } = useMe();
  const { data: people } = useQuery(peopleQuery());
  const { data: users = [] } = useQuery(usersQuery());
  // The address says so: other pages lead straight to the dialog.
  const { invite: inviting } = useSearch({ from: '/member/family' });
  const navigate = useNavigate();
  const setInviting = (on: boolean) =>
    void navigate({ to: '/family', search: on ? { invite: true } : {}, replace: true });
  return (
    <Page
      className="max-w-3xl"
      title={family.name}
      subtitle="The members: everybody who can log in."
      actions={
        user.admin && (
          <Button onClick={() => setInviting(true)}>
            <UserPlus aria-hidden className="size-4" /> Invite a member
          </Button>
        )
      }
    >
      <Members onInvite={() => setInviting(true)} />
      {inviting && people && user.admin && (
        <InviteDialog {...{ people, users }} onClose={() => setInviting(false)} />
      )}
    </Page>
  );
}

function Members({ onInvite }: { onInvite: () => void }) {
  const { user } = useMe();
  const { data: people = [] } = useQuery(peopleQuery());
  const { data: users, error, refetch } = useQuery(usersQuery());
  if (!users) {
    if (error) return <LoadError error={error} retry={() => void refetch()} />;
    return (
      <div role="status" aria-label="Loading">
        <Skeleton className="h-40 rounded-lg" />
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-6">
      <MemberList users={users} people={people} me={user.id} />
      {user.admin && users.length === 1 && (
        <p className="text-soft">
          Planning is more fun together:{' '}
          <button
            type="button"
            className="font-medium text-berry underline underline-offset-3"
            onClick={onInvite}
          >
            invite somebody
          </button>
          , and you see each other’s moves at once.
        </p>
      )}
    </div>
  );
}
