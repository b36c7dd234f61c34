import type { ReactNode } from 'react';

import { cn } from '@/lib/cn';
import { errorMessage } from '@/lib/api/problem';

import { Button } from './Button';

export interface PageProps {
  title: string;
  /** One line under the title. */
  subtitle?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** A page of the shell: its title, what one can do here, its content. */
export function Page({ title, subtitle, actions, children, className }: PageProps) {
  return (
    <div className={cn('mx-auto w-full max-w-6xl px-4 pt-6 pb-12 sm:px-6 sm:pt-9', className)}>
      <title>{`${title} · Tidings`}</title>
      <header className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
        <div className="min-w-0">
          <h1 className="text-2xl break-words sm:text-3xl">{title}</h1>
          {subtitle && <p className="mt-1 text-soft">{subtitle}</p>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A read failed: what happened, and another try. */
export function LoadError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <div role="alert" className="flex flex-col items-start gap-3 rounded-lg bg-danger-soft p-5">
      <p className="text-danger">{errorMessage(error)}</p>
      <Button look="secondary" size="sm" onClick={retry}>
        Try again
      </Button>
    </div>
  );
}
