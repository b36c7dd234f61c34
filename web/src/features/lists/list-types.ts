import type { ListType } from '@/lib/api/types';

export const LIST_TYPES: Record<ListType, { label: string; hint: string }> = {
  ideas: { label: 'Ideas', hint: 'What the family thinks up for somebody.' },
  wishlist: { label: 'Wishlist', hint: 'What somebody wishes for; the others plan behind it.' },
  assigned: { label: 'Shopping', hint: 'Who buys what.' },
};
