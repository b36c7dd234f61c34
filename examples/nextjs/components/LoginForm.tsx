'use client';

import { useState, type FormEvent } from 'react';

import { useAuth } from '@/lib/context/AuthContext';

export function LoginForm() {
  const { login } = useAuth();
  const [problem, setProblem] = useState('');

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    try {
      await login(String(form.get('email')), String(form.get('password')));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <form onSubmit={submit}>
      <label>
        Email <input name="email" type="email" autoComplete="username" required />
      </label>{' '}
      <label>
        Password <input name="password" type="password" autoComplete="current-password" required />
      </label>{' '}
      <button>Log in</button>
      {problem && <p role="alert">{problem}</p>}
    </form>
  );
}
