import { describe, expect, it } from 'vitest';

import type { Gift } from '@/lib/api/types';

import { searchGifts } from './search';

const gift = (name: string, description = ''): Gift => ({
  id: name,
  name,
  url: '',
  price: null,
  sale_price: null,
  image_url: '',
  source: '',
  description,
  notes: '',
  priority: 'medium',
  quantity: 1,
  additional_links: [],
  person_ids: [],
  version: 1,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
});

describe('searchGifts', () => {
  const gifts = [gift('Robot kit', 'With wheels'), gift('Café crème'), gift('Kite')];
  const names = (query: string) => searchGifts(gifts, query).map(({ name }) => name);

  it('finds all without words', () => {
    expect(names('  ')).toEqual(['Robot kit', 'Café crème', 'Kite']);
  });

  it('wants every word, anywhere, in any case', () => {
    expect(names('WHEELS robot')).toEqual(['Robot kit']);
    expect(names('robot kite')).toEqual([]);
    expect(names('ki')).toEqual(['Robot kit', 'Kite']);
  });

  it('overlooks accents', () => {
    expect(names('cafe')).toEqual(['Café crème']);
    expect(names('CRÈME')).toEqual(['Café crème']);
  });
});
