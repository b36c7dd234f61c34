import type { ListItem, Status } from '@/lib/api/types';

/** An item for tests. */
export function item(id: string, status: Status, position: string, version = 1): ListItem {
  const at = '2026-11-01T10:00:00Z';
  return {
    id,
    list_id: 'list',
    gift_id: `gift-${id}`,
    gift: {
      id: `gift-${id}`,
      name: `Gift ${id}`,
      url: '',
      price: null,
      sale_price: null,
      image_url: '',
      source: '',
      description: '',
      notes: '',
      priority: 'medium',
      quantity: 1,
      additional_links: [],
      person_ids: [],
      version: 1,
      created_at: at,
      updated_at: at,
    },
    status,
    position,
    assignee_id: null,
    notes: '',
    price: null,
    discount_price: null,
    link: '',
    recipient_ids: [],
    quantity: 1,
    surprise: true,
    version,
    created_at: at,
    updated_at: at,
  };
}
