import type { Gift, Person } from '@/lib/api/types';

import { GiftFacts } from './GiftFacts';
import { KindBadge } from './KindBadge';

export interface WishFactsProps {
  gift: Gift;
  /** The person who wishes for it. */
  wisher: Person;
  onEdit: () => void;
}

/** The wisher's own words, apart from the planners' notes. A wisher with an account alone changes them. */
export function WishFacts({ gift, wisher, onEdit }: WishFactsProps) {
  const { name, user_id } = wisher;
  const isTheirs = user_id !== null;
  return (
    <section
      aria-label={`What ${name} wishes for`}
      className="flex flex-col gap-3 rounded-lg border border-line bg-sunken p-3"
    >
      <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1 text-sm text-soft">
        <KindBadge kind="wish" />
        <span className="min-w-0 break-words">
          {isTheirs ? `Only ${name} can change it.` : `Wished for by ${name}.`}
        </span>
      </p>
      <GiftFacts gift={gift} onEdit={isTheirs ? undefined : onEdit} />
    </section>
  );
}
