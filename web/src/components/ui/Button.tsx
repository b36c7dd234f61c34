import { LoaderCircle } from 'lucide-react';
import type { ComponentProps } from 'react';

import { cn } from '@/lib/cn';

const LOOKS = {
  primary:
    'bg-berry text-on-berry shadow-card hover:bg-berry-strong active:translate-y-px disabled:hover:bg-berry',
  secondary:
    'bg-raised text-ink border border-line hover:border-line-strong shadow-card active:translate-y-px',
  quiet: 'text-soft hover:bg-sunken hover:text-ink active:bg-line/60',
  danger: 'text-danger hover:bg-danger-soft active:translate-y-px',
} as const;

const SIZES = {
  md: 'h-11 px-4 text-base rounded-md gap-2',
  sm: 'h-9 px-3 text-sm rounded-sm gap-1.5 pointer-coarse:h-11',
  icon: 'size-9 rounded-sm pointer-coarse:size-11',
} as const;

export interface ButtonProps extends ComponentProps<'button'> {
  look?: keyof typeof LOOKS;
  size?: keyof typeof SIZES;
  /** Shows a spinner and refuses further clicks. */
  busy?: boolean;
}

export const buttonClass = (
  look: keyof typeof LOOKS = 'primary',
  size: keyof typeof SIZES = 'md',
) =>
  cn(
    'inline-flex shrink-0 items-center justify-center font-medium whitespace-nowrap select-none',
    'transition-[background-color,border-color,color,transform] duration-150 disabled:opacity-55 disabled:cursor-not-allowed',
    LOOKS[look],
    SIZES[size],
  );

export function Button({ look, size, busy = false, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled || busy}
      aria-busy={busy || undefined}
      className={cn(buttonClass(look, size), className)}
    >
      {busy && <LoaderCircle aria-hidden className="size-4 animate-spin" />}
      {children}
    </button>
  );
}
