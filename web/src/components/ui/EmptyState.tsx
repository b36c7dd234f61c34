import type { ReactNode } from 'react';

import { cn } from '@/lib/cn';

export interface EmptyStateProps {
  title: string;
  body: string;
  /** What to do about it. */
  action?: ReactNode;
  className?: string;
  /** The level of its heading. @default 'h3' */
  heading?: 'h1' | 'h2' | 'h3';
}

/** Nothing here yet: says so kindly, and offers the next step. */
export function EmptyState(props: EmptyStateProps) {
  const { title, body, action, className, heading: Heading = 'h3' } = props;
  return (
    <div
      className={cn(
        'flex flex-col items-center rounded-xl border border-dashed border-line-strong/50 px-6 py-12 text-center',
        className,
      )}
    >
      <EmptyBox />
      <Heading className="mt-4 text-lg">{title}</Heading>
      <p className="mt-1 max-w-sm text-pretty text-soft">{body}</p>
      {action && <div className="mt-5">{action}</div>}
    </div>
  );
}

/** An open box with a loose ribbon. */
const EmptyBox = () => (
  <svg viewBox="0 0 96 72" aria-hidden className="h-18 w-24">
    <path d="M18 30h60v32a4 4 0 0 1-4 4H22a4 4 0 0 1-4-4Z" className="fill-berry-soft" />
    <path
      d="M12 26a3 3 0 0 1 3-3h66a3 3 0 0 1 3 3v6a3 3 0 0 1-3 3H15a3 3 0 0 1-3-3Z"
      className="fill-line"
    />
    <path d="M48 35v31" className="stroke-berry-dot" strokeWidth="5" />
    <path
      d="M48 22C44 10 35 3 29 6s-4 14 19 16ZM48 22C52 10 61 3 67 6s4 14-19 16Z"
      className="fill-none stroke-honey-dot"
      strokeWidth="4"
      strokeLinejoin="round"
    />
  </svg>
);
