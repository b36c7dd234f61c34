import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { UserPlus } from 'lucide-react';
import type { ReactNode } from 'react';

import { buttonClass } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { LoadError, Page } from '@/components/ui/Page';
import { SkeletonCards } from '@/components/ui/Skeleton';
import { Tasks } from '@/features/home/components/Tasks';
import { Upcoming } from '@/features/home/components/Upcoming';
import { ListGrid } from '@/features/lists/components/ListGrid';
import { listsQuery } from '@/lib/api/queries';
import { useMe } from '@/lib/context/AuthContext';

/** Lists shown on the home page. */
const SHOWN_LISTS = 6;

export function HomePage() {
  const { user, family } = useMe();
  return (
    <Page title={`Hello ${user.name.split(' ')[0]}`} subtitle={family.name}>
      <div className="flex flex-col gap-10">
        <Section title="Coming up" to="/occasions" more="All occasions">
          <Upcoming />
        </Section>
        <Section title="Your tasks">
          <Tasks />
        </Section>
        <Section title="Lists" to="/lists" more="All lists">
          <Lists />
        </Section>
      </div>
    </Page>
  );
}

interface SectionProps {
  title: string;
  /** Where there is more of it. */
  to?: string;
  more?: string;
  children: ReactNode;
}

function Section({ title, to, more, children }: SectionProps) {
  return (
    <section aria-label={title}>
      <header className="mb-3 flex items-center justify-between">
        <h2 className="text-lg">{title}</h2>
        {to && (
          <Link
            to={to}
            className="-my-2.5 -mr-2 inline-flex h-11 items-center rounded-sm px-2 text-sm font-medium text-berry hover:underline"
          >
            {more}
          </Link>
        )}
      </header>
      {children}
    </section>
  );
}

function Lists() {
  const { user } = useMe();
  const lists = useQuery(listsQuery());
  if (lists.isPending) return <SkeletonCards count={3} />;
  if (lists.isError) return <LoadError error={lists.error} retry={() => void lists.refetch()} />;
  if (lists.data.length === 0) {
    return (
      <EmptyState
        title="No lists yet"
        body="A list is a board where the family collects ideas, decides and buys together."
        action={
          <div className="flex flex-wrap justify-center gap-2">
            <Link to="/lists" className={buttonClass()}>
              Start a list
            </Link>
            {user.admin && (
              <Link to="/family" search={{ invite: true }} className={buttonClass('secondary')}>
                <UserPlus aria-hidden className="size-4" /> Invite somebody
              </Link>
            )}
          </div>
        }
      />
    );
  }
  return <ListGrid lists={lists.data.slice(0, SHOWN_LISTS)} />;
}
