import type { Gift } from '@/lib/api/types';

/** Lower case, without accents: "Café" is found by "cafe". */
const plain = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();

/** The gifts that have every word of `query` somewhere. */
export function searchGifts(gifts: readonly Gift[], query: string): readonly Gift[] {
  const words = plain(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return gifts;
  return gifts.filter(({ name, source, description, notes, url }) => {
    const text = plain([name, source, description, notes, url].join('\n'));
    return words.every((word) => text.includes(word));
  });
}
