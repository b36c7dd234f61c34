import { ShieldCheck } from 'lucide-react';

import { Avatar } from '@/components/ui/Avatar';
import { Badge } from '@/components/ui/Badge';
import type { Person, User } from '@/lib/api/types';

export interface MemberListProps {
  users: readonly User[];
  people: readonly Person[];
  /** The reader's own account. */
  me: string;
}

/** The members. */
export const MemberList = ({ users, people, me }: MemberListProps) => (
  <ul className="divide-y divide-line rounded-lg border border-line bg-surface shadow-card">
    {users.map((user) => (
      <Member
        key={user.id}
        user={user}
        person={people.find(({ id }) => id === user.person_id)}
        isMe={user.id === me}
      />
    ))}
  </ul>
);

interface MemberProps {
  user: User;
  person: Person | undefined;
  isMe: boolean;
}

function Member({ user, person, isMe }: MemberProps) {
  const about = [person?.relationship, user.email].filter(Boolean).join(' · ');
  return (
    <li className="flex items-center gap-3 p-4">
      <Avatar
        name={user.name}
        color={person?.color ?? user.color}
        photo={person?.photo_url ?? ''}
        size="md"
      />
      <div className="min-w-0 grow">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="min-w-0 font-medium break-words">{user.name}</span>
          {isMe && <Badge tone="berry">You</Badge>}
          {user.admin && (
            <Badge tone="iris">
              <ShieldCheck aria-hidden className="size-3.5" /> Admin
            </Badge>
          )}
        </p>
        {about && <p className="text-sm break-words text-soft">{about}</p>}
      </div>
    </li>
  );
}
