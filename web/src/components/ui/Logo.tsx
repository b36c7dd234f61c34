import { cn } from '@/lib/cn';

/** A present whose ribbon is a T. */
export function LogoMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={cn('size-8', className)}>
      <rect width="32" height="32" rx="9" fill="#8a2b4d" />
      <path d="M6 12.5h20M16 12.5V26" stroke="#fbeff3" strokeWidth="3.6" strokeLinecap="round" />
      <path
        d="M16 12c-1.2-4-3.6-6-5.6-5.4-2.3.7-2 4.4 5.6 5.4ZM16 12c1.2-4 3.6-6 5.6-5.4 2.3.7 2 4.4-5.6 5.4Z"
        fill="none"
        stroke="#f0b64c"
        strokeWidth="2.4"
        strokeLinejoin="round"
      />
    </svg>
  );
}

export function Wordmark({ className }: { className?: string }) {
  return (
    <span className={cn('inline-flex items-center gap-2.5', className)}>
      <LogoMark />
      <span className="text-lg font-bold tracking-[-0.035em]">Tidings</span>
    </span>
  );
}
