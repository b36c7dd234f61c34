import type { ReactNode } from 'react';

import { cn } from '@/lib/cn';

const TONES = {
  plain: 'bg-sunken text-soft',
  berry: 'bg-berry-soft text-berry',
  honey: 'bg-honey-soft text-honey',
  iris: 'bg-iris-soft text-iris',
  pine: 'bg-pine-soft text-pine',
} as const;

export type Tone = keyof typeof TONES;

export const Badge = ({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) => (
  <span
    className={cn(
      'inline-flex h-6 items-center gap-1 rounded-full px-2.5 text-xs font-medium whitespace-nowrap',
      TONES[tone],
    )}
  >
    {children}
  </span>
);
