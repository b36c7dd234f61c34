import {
  createContext,
  use,
  useCallback,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react';

import { apiClient, session } from '@/lib/api/client';
import type { Auth, Family, User } from '@/lib/api/types';
import { userLoggedOut } from '@/lib/way-back';

export interface SetupInput {
  token: string;
  family_name: string;
  name: string;
  email: string;
  password: string;
  currency?: string;
}

export interface RegisterInput {
  invite: string;
  name: string;
  email: string;
  password: string;
}

/** The state of the log-in. `unreachable`: the server did not answer. */
export type AuthStatus = 'restoring' | 'signed-in' | 'anonymous' | 'unreachable';

export interface AuthValue {
  status: AuthStatus;
  user: User | null;
  family: Family | null;
  login: (email: string, password: string) => Promise<void>;
  setup: (input: SetupInput) => Promise<void>;
  register: (input: RegisterInput) => Promise<void>;
  logout: () => Promise<void>;
  /** Asks the server again who we are. */
  restore: () => Promise<void>;
  /** The access token, renewed when it is about to end; `force` renews it in any case. */
  getToken: (force?: boolean) => Promise<string | null>;
}

const AuthContext = createContext<AuthValue | null>(null);

/** Tells this browser's other tabs that the session changed. */
const CHANNEL = 'tidings-session';

/** Whether the server has said who we are. */
type Settled = 'no' | 'yes' | 'failed';

const askWhoWeAre = (): Promise<Settled> =>
  session.refresh().then(
    () => 'yes',
    () => 'failed',
  );

export function AuthProvider({ children }: { children: ReactNode }) {
  const auth = useSyncExternalStore(
    useCallback((notify: () => void) => session.onChange(notify), []),
    () => session.current,
  );
  const [settled, setSettled] = useState<Settled>('no');
  const channel = useTabChannel();

  useEffect(() => {
    void askWhoWeAre().then(setSettled);
  }, []);

  const restore = useCallback(async () => {
    setSettled('no');
    setSettled(await askWhoWeAre());
  }, []);

  const value = useMemo<AuthValue>(() => {
    const enter = async (path: string, body: unknown) => {
      session.set(await apiClient.post<Auth>(path, body));
      setSettled('yes');
      channel.post('changed');
    };
    return {
      status: auth ? 'signed-in' : STATUS_WITHOUT_SESSION[settled],
      user: auth?.user ?? null,
      family: auth?.family ?? null,
      login: (email, password) => enter('/auth/login', { email, password }),
      setup: (input) => enter('/setup', input),
      register: (input) => enter('/auth/register', input),
      logout: async () => {
        await apiClient.post('/auth/logout');
        userLoggedOut();
        session.set(null);
        channel.post('changed');
      },
      restore,
      getToken: async (force) =>
        force ? ((await session.refresh())?.access_token ?? null) : session.token(),
    };
  }, [auth, settled, restore, channel]);

  return <AuthContext value={value}>{children}</AuthContext>;
}

const STATUS_WITHOUT_SESSION = {
  no: 'restoring',
  yes: 'anonymous',
  failed: 'unreachable',
} as const satisfies Record<Settled, AuthStatus>;

function useTabChannel() {
  const [channel] = useState(() =>
    typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(CHANNEL),
  );
  useEffect(() => {
    if (!channel) return;
    // The cookie is shared: another tab's log-in or log-out is ours too.
    const follow = () => void session.refresh().catch(() => {});
    channel.addEventListener('message', follow);
    return () => channel.removeEventListener('message', follow);
  }, [channel]);
  return useMemo(() => ({ post: (message: string) => channel?.postMessage(message) }), [channel]);
}

export function useAuth(): AuthValue {
  const value = use(AuthContext);
  if (!value) throw new Error('useAuth needs an AuthProvider above it');
  return value;
}

/** The signed-in user, on pages that only they can reach. */
export function useMe(): { user: User; family: Family } {
  const { user, family } = useAuth();
  if (!user || !family) throw new Error('useMe needs a signed-in user');
  return { user, family };
}
