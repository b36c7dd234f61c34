'use client';

import {
  createContext,
  use,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react';

import { apiClient, session } from '@/lib/api/client';
import type { User } from '@/lib/api/types';

interface AuthValue {
  /** `restoring` until the server has said who we are. */
  status: 'restoring' | 'signed-in' | 'anonymous';
  user: User | null;
  login: (email: string, password: string) => Promise<void>;
  logout: () => Promise<void>;
  /** A fresh access token, or null when nobody is logged in. */
  getToken: () => Promise<string | null>;
}

const AuthContext = createContext<AuthValue | null>(null);

export function AuthProvider({ children }: { children: ReactNode }) {
  const login = useSyncExternalStore(session.onChange, session.current, () => null);
  const [isRestored, setIsRestored] = useState(false);

  useEffect(() => {
    void session.restore().then(() => setIsRestored(true));
  }, []);

  const value = useMemo<AuthValue>(
    () => ({
      status: login ? 'signed-in' : isRestored ? 'anonymous' : 'restoring',
      user: login?.user ?? null,
      login: async (email, password) =>
        session.set(await apiClient.post('/auth/login', { email, password })),
      logout: async () => {
        await apiClient.post('/auth/logout');
        session.set(null);
      },
      getToken: session.token,
    }),
    [login, isRestored],
  );
  return <AuthContext value={value}>{children}</AuthContext>;
}

export function useAuth(): AuthValue {
  const value = use(AuthContext);
  if (!value) throw new Error('useAuth needs an <AuthProvider> above it');
  return value;
}
