'use client';

import Link from 'next/link';

import {
  ConnectionIndicator,
  ConnectionIndicatorCompact,
} from '@/components/websocket/ConnectionIndicator';
import { useAuth } from '@/lib/context/AuthContext';

import { LoginForm } from './LoginForm';

export function Header() {
  const { status, user, logout } = useAuth();
  return (
    <header>
      <Link href="/">Gifts</Link> <ConnectionIndicatorCompact hideWhenConnected />{' '}
      <ConnectionIndicator />
      {status === 'anonymous' && <LoginForm />}
      {user && (
        <span>
          {' '}
          {user.name}{' '}
          <button type="button" onClick={() => void logout()}>
            Log out
          </button>
        </span>
      )}
    </header>
  );
}
