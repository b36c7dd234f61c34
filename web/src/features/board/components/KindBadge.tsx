import { EyeOff, Heart } from 'lucide-react';

import { Badge } from '@/components/ui/Badge';
import type { Kind } from '@/lib/recipients';

const KINDS = {
  wish: { tone: 'iris', label: 'Wish', icon: Heart },
  surprise: { tone: 'plain', label: 'Surprise', icon: EyeOff },
} as const;

/** A wish of the person that the list is about, or a surprise for them. */
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
