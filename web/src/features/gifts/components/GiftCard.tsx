import { ExternalLink, Star } from 'lucide-react';

import { Avatar } from '@/components/ui/Avatar';
import { Badge } from '@/components/ui/Badge';
import { GiftPicture } from '@/components/ui/GiftPicture';
import type { Gift, Person } from '@/lib/api/types';
import { hostOf } from '@/lib/host';
import { formatMoney } from '@/lib/money';

export interface GiftCardProps {
  gift: Gift;
  people: readonly Person[];
  onOpen: () => void;
}

/** A gift as in a catalogue; the whole card opens it. */
export function GiftCard({ gift, people, onOpen }: GiftCardProps) {
  return (
    <article className="relative flex min-w-0 grow flex-col overflow-hidden rounded-lg border border-line bg-surface shadow-card transition-[box-shadow,transform] duration-200 hover:-translate-y-0.5 hover:shadow-lift">
      <div className="relative">
        <GiftPicture gift={gift} className="aspect-4/3 w-full rounded-none" />
        <div className="absolute top-2 left-2 flex gap-1.5">
          {gift.priority === 'high' && (
            <Badge tone="honey">
              <Star aria-hidden className="size-3.5" /> High
              <span className="sr-only"> priority</span>
            </Badge>
          )}
          {gift.quantity > 1 && <Badge tone="iris">{`${gift.quantity} pieces`}</Badge>}
        </div>
      </div>
      <div className="flex grow flex-col gap-1 p-3">
        <h2 className="line-clamp-2 text-base leading-snug break-words">
          <button
            type="button"
            onClick={onOpen}
            className="text-left after:absolute after:inset-0 after:rounded-lg"
          >
            {gift.name}
          </button>
        </h2>
        <footer className="mt-auto flex items-center gap-2">
          <Price gift={gift} />
          <Suits gift={gift} people={people} />
          {gift.url && <ShopLink gift={gift} />}
        </footer>
      </div>
    </article>
  );
}

function Price({ gift: { price, sale_price } }: { gift: Gift }) {
  const pays = sale_price ?? price;
  if (!pays) return <p className="text-sm text-faint">No price yet</p>;
  if (!sale_price || !price) return <p className="text-sm font-medium">{formatMoney(pays)}</p>;
  return (
    <p className="flex flex-wrap gap-x-2 text-sm">
      <span className="font-medium text-berry">
        <span className="sr-only">On sale for </span>
        {formatMoney(sale_price)}
      </span>
      <s className="text-faint">
        <span className="sr-only">instead of </span>
        {formatMoney(price)}
      </s>
    </p>
  );
}

function Suits({ gift, people }: Omit<GiftCardProps, 'onOpen'>) {
  const suited = people.filter(({ id }) => gift.person_ids.includes(id));
  if (suited.length === 0) return null;
  return (
    <ul aria-label="Would suit" className="ml-auto flex -space-x-1.5">
      {suited.slice(0, 4).map((person) => (
        <li key={person.id} className="flex rounded-full ring-2 ring-surface">
          <Avatar
            name={person.name}
            color={person.color}
            photo={person.photo_url}
            size="xs"
            label={person.name}
          />
        </li>
      ))}
    </ul>
  );
}

const ShopLink = ({ gift: { url, name } }: { gift: Gift }) => (
  <a
    href={url}
    target="_blank"
    rel="noopener noreferrer"
    aria-label={`${name}: open its page in a new tab`}
    title={hostOf(url)}
    className="relative z-10 -my-2 -mr-2 grid size-9 shrink-0 place-items-center rounded-sm text-faint [p+&]:ml-auto hover:bg-sunken hover:text-ink pointer-coarse:-my-3 pointer-coarse:-mr-3 pointer-coarse:size-11"
  >
    <ExternalLink aria-hidden className="size-4" />
  </a>
);
