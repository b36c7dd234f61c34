import { EyeOff, Heart } from 'lucide-react';

import { Badge } from '@/components/ui/Badge';
import type { Kind } from '@/lib/recipients';

const KINDS = {
  wish: { tone: 'iris', label: 'Wish', icon: Heart },
  surprise: { tone: 'plain', label: 'Surprise', icon: EyeOff },
} as const;

/** Says whether the person a list is about wishes for something, or must not know of it. */
export function KindBadge({ kind, className }: { kind: Kind; className?: string }) {
  const { tone, label, icon: Icon } = KINDS[kind];
  return (
    <span className={className}>
      <Badge tone={tone}>
        <Icon aria-hidden className="size-3.5" /> {label}
      </Badge>
    </span>
  );
}
