import { ExternalLink, Pencil } from 'lucide-react';
import type { ReactNode } from 'react';

import { Button } from '@/components/ui/Button';
import { GiftPicture } from '@/components/ui/GiftPicture';
import type { Gift } from '@/lib/api/types';
import { hostOf } from '@/lib/host';
import { formatMoney } from '@/lib/money';

export interface GiftFactsProps {
  gift: Gift;
  /** Left out for those who may not change the gift. */
  onEdit?: (() => void) | undefined;
}

/** What a gift is, as its readers see it. */
export function GiftFacts({ gift, onEdit }: GiftFactsProps) {
  const links = [{ label: '', url: gift.url }, ...gift.additional_links].filter(({ url }) => url);
  const facts = [
    gift.priority !== 'medium' && `${gift.priority === 'high' ? 'High' : 'Low'} priority`,
    gift.quantity > 1 && `${gift.quantity} pieces`,
    gift.source && `Seen at: ${gift.source}`,
  ].filter(Boolean);
  return (
    <div className="flex gap-4">
      <GiftPicture gift={gift} className="size-24 shrink-0 rounded-md" />
      <div className="flex min-w-0 grow flex-col items-start gap-1">
        <Prices gift={gift} />
        {facts.length > 0 && <p className="text-sm text-soft">{facts.join(' · ')}</p>}
        <Text>{gift.description}</Text>
        <Text>{gift.notes}</Text>
        <div className="mt-auto -ml-3 flex flex-wrap">
          {links.map(({ label, url }) => (
            <ShopLink key={url} url={url}>
              {label}
            </ShopLink>
          ))}
          {onEdit && (
            <Button look="quiet" size="sm" onClick={onEdit}>
              <Pencil aria-hidden className="size-4" /> Edit gift
            </Button>
          )}
        </div>
      </div>
    </div>
  );
}

function Prices({ gift: { price, sale_price } }: { gift: Gift }) {
  const pays = sale_price ?? price;
  if (!pays) return null;
  return (
    <p className="text-lg font-semibold tabular-nums">
      {formatMoney(pays)}
      {sale_price && price && (
        <s className="ml-2 text-sm font-normal text-faint">
          <span className="sr-only">instead of </span>
          {formatMoney(price)}
        </s>
      )}
    </p>
  );
}

const Text = ({ children }: { children: string }) =>
  children && (
    <p className="line-clamp-5 text-sm break-words whitespace-pre-line text-soft">{children}</p>
  );

/** A way to where something is sold, by what it is called or else by its host. */
export const ShopLink = ({ url, children }: { url: string; children?: ReactNode }) => (
  <a
    href={url}
    target="_blank"
    rel="noreferrer noopener"
    className="inline-flex h-9 max-w-full items-center gap-1.5 rounded-sm px-3 text-sm font-medium text-berry hover:bg-berry-soft pointer-coarse:h-11"
  >
    <ExternalLink aria-hidden className="size-4 shrink-0" />
    <span className="truncate">{children || hostOf(url)}</span>
  </a>
);
