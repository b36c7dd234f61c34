import { Link, useMatchRoute, useNavigate } from '@tanstack/react-router';
import { CalendarHeart, ClipboardList, Gift, House, LogOut, UserPlus, Users } from 'lucide-react';
import type { ReactNode } from 'react';

import { Avatar } from '@/components/ui/Avatar';
import { Wordmark } from '@/components/ui/Logo';
import {
  Menu,
  MenuContent,
  MenuItem,
  MenuLabel,
  MenuSeparator,
  MenuTrigger,
} from '@/components/ui/Menu';
import { toastError } from '@/components/ui/Toast';
import { ConnectionIndicator } from '@/components/websocket/ConnectionIndicator';
import { useNotices } from '@/hooks/useNotices';
import { errorMessage } from '@/lib/api/problem';
import { cn } from '@/lib/cn';
import { useAuth, useMe } from '@/lib/context/AuthContext';

const PLACES = [
  { to: '/', label: 'Home', icon: House },
  { to: '/lists', label: 'Lists', icon: ClipboardList },
  { to: '/people', label: 'People', icon: Users },
  { to: '/occasions', label: 'Occasions', icon: CalendarHeart },
  { to: '/gifts', label: 'Gifts', icon: Gift },
  { to: '/family', label: 'Family', icon: UserPlus },
] as const;

/** What surrounds every member's page: where one can go, and who one is. */
export function AppShell({ children }: { children: ReactNode }) {
  useNotices();
  // A board needs the whole of a phone's screen.
  const onBoard = Boolean(useMatchRoute()({ to: '/lists/$listId' }));
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="fixed top-2 left-2 z-60 -translate-y-20 rounded-sm bg-berry px-4 py-2 text-on-berry focus:translate-y-0"
      >
        Skip to content
      </a>
      <header className="sticky top-0 z-30 border-b border-line bg-bg/92 backdrop-blur-md">
        <div className="mx-auto flex min-h-14 max-w-[90rem] flex-wrap items-center gap-x-4 px-4 sm:min-h-16 sm:px-6 xl:flex-nowrap">
          <Link to="/" aria-label="Tidings, home" className="flex h-11 items-center rounded-sm">
            <Wordmark />
          </Link>
          <TopNav />
          <span data-testid="connection-indicator" className={INDICATOR_PLACE}>
            <ConnectionIndicator hideWhenConnected className={INDICATOR} />
          </span>
          <span className="max-sm:ml-auto">
            <AccountMenu />
          </span>
        </div>
      </header>
      <main id="content" className={cn('flex grow flex-col', !onBoard && 'pb-20 sm:pb-0')}>
        {children}
      </main>
      {!onBoard && <BottomNav />}
    </div>
  );
}

/** Beside the menu, or in a row of its own where there is no room for words. */
const INDICATOR_PLACE =
  'xl:max-w-2/5 max-xl:has-[[role=status]:not(:empty)]:order-last max-xl:has-[[role=status]:not(:empty)]:basis-full max-xl:has-[[role=status]:not(:empty)]:pb-2';

/** A pill while there is something to tell, nothing at all while connected. */
const INDICATOR = [
  'rounded-full text-sm font-medium text-honey',
  'has-[[role=status]:not(:empty)]:bg-honey-soft has-[[role=status]:not(:empty)]:px-3 has-[[role=status]:not(:empty)]:py-1.5',
  'data-[state=error]:!bg-danger-soft data-[state=error]:text-danger',
  '[&_button]:font-semibold [&_button]:underline',
].join(' ');

const TopNav = () => (
  <nav
    aria-label="Pages"
    className="no-scrollbar hidden min-w-0 grow basis-0 gap-0.5 overflow-x-auto sm:flex lg:ml-4 lg:gap-1"
  >
    {PLACES.map(({ to, label }) => (
      <Link
        key={to}
        to={to}
        activeOptions={{ exact: to === '/' }}
        className="rounded-sm px-2 py-1.5 text-base lg:px-3 font-medium text-soft transition-colors hover:bg-sunken hover:text-ink"
        activeProps={{ className: 'bg-berry-soft !text-berry' }}
      >
        {label}
      </Link>
    ))}
  </nav>
);

const BottomNav = () => (
  <nav
    aria-label="Pages"
    className="fixed inset-x-0 bottom-0 z-30 grid grid-cols-6 border-t border-line bg-surface/95 px-1 pb-[env(safe-area-inset-bottom)] backdrop-blur-md sm:hidden"
  >
    {PLACES.map(({ to, label, icon: Icon }) => (
      <Link
        key={to}
        to={to}
        activeOptions={{ exact: to === '/' }}
        className="flex h-15 flex-col items-center justify-center gap-1 rounded-sm text-[0.6875rem] font-medium tracking-tight text-faint"
        activeProps={{ className: '!text-berry' }}
      >
        <Icon aria-hidden className="size-5" />
        {label}
      </Link>
    ))}
  </nav>
);

function AccountMenu() {
  const { logout } = useAuth();
  const { user, family } = useMe();
  const navigate = useNavigate();
  const leave = () => logout().catch((error: unknown) => toastError(errorMessage(error)));
  return (
    <Menu>
      <MenuTrigger
        aria-label="Account menu"
        className="grid size-11 place-items-center rounded-full transition-opacity hover:opacity-85"
      >
        <Avatar name={user.name} color={user.color} />
      </MenuTrigger>
      <MenuContent>
        <MenuLabel>
          {user.name} · {family.name}
        </MenuLabel>
        <MenuItem onSelect={() => void navigate({ to: '/family' })}>
          <UserPlus aria-hidden className="size-4" /> Family &amp; invites
        </MenuItem>
        <MenuSeparator />
        <MenuItem onSelect={() => void leave()}>
          <LogOut aria-hidden className="size-4" /> Log out
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}
