import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { apiClient } from '@/lib/api/client';
import type { List, ListItem } from '@/lib/api/types';
import { item } from '@/lib/test-items';
import { list, person, user } from '@/lib/test-people';

import { ItemSheet } from './ItemSheet';

const CLARA = user('u-clara', 'clara');
vi.mock('@/lib/context/AuthContext', () => ({
  useMe: () => ({ user: CLARA, family: { name: 'Winter', currency: 'EUR' } }),
}));

const people = [person('clara', 'u-clara'), person('edith', 'u-edith'), person('mila', null)];
const card = item('a', 'idea', 'm');
const wish: ListItem = {
  ...card,
  surprise: false,
  gift: {
    ...card.gift,
    name: 'Crime novel',
    price: { amount: 1800, currency: 'EUR' },
    url: 'https://www.books.example/island',
    notes: 'Anything set on an island.',
    priority: 'high',
    additional_links: [{ label: 'The sequel', url: 'https://books.example/sequel' }],
  },
};

const show = (about: List, shown: ListItem) =>
  render(
    <QueryClientProvider client={new QueryClient()}>
      <ItemSheet
        list={about}
        item={shown}
        {...{ people, users: [CLARA] }}
        onClose={() => undefined}
        onMoveTo={() => undefined}
        onEditGift={() => undefined}
      />
    </QueryClientProvider>,
  );

afterEach(cleanup);

describe('the sheet of a wish', () => {
  it('shows all that its wisher wrote, who alone can change it', () => {
    show(list({ person_id: 'edith' }), wish);
    const section = screen.getByRole('region', { name: 'What Edith wishes for' });
    for (const text of ['Only Edith can change it.', '€18', 'High priority']) {
      expect(section.textContent).toContain(text);
    }
    expect(section.textContent).toContain('Anything set on an island.');
    expect(screen.getByRole('link', { name: 'books.example' })).toBeTruthy();
    expect(screen.getByRole('link', { name: 'The sequel' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Edit gift' })).toBeNull();
    expect(screen.queryByRole('checkbox', { name: 'Keep it a surprise' })).toBeNull();
  });

  it('says that its wisher will notice when it goes', async () => {
    show(list({ person_id: 'edith' }), wish);
    await userEvent.click(screen.getByRole('button', { name: 'Remove from list' }));
    expect(screen.getByText(/Edith will notice/)).toBeTruthy();
  });

  it('is for planners to change where the wisher has no account', () => {
    show(list({ person_id: 'mila' }), wish);
    expect(screen.getByRole('button', { name: 'Edit gift' })).toBeTruthy();
  });

  it('takes what planners note apart from it', async () => {
    const patch = vi.spyOn(apiClient, 'patch').mockResolvedValue(wish);
    show(list({ person_id: 'edith' }), wish);
    await userEvent.type(screen.getByRole('textbox', { name: 'Sale price (EUR)' }), '12.50');
    await userEvent.type(
      screen.getByRole('textbox', { name: 'Where to buy it' }),
      'https://cheap.example/novel',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(patch).toHaveBeenCalledWith(
      '/list-items/a',
      {
        discount_price: { amount: 1250, currency: 'EUR' },
        link: 'https://cheap.example/novel',
        version: 1,
      },
      expect.anything(),
    );
  });
});

describe('the sheet of a surprise', () => {
  it('is no wish, and its gift is for planners to change', () => {
    show(list({ person_id: 'edith' }), card);
    expect(screen.queryByRole('region', { name: /wishes for/ })).toBeNull();
    expect(screen.getByText('Edith does not see this card.')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Edit gift' })).toBeTruthy();
  });
});

describe('the sheet of a card on a list about several', () => {
  it('shows and changes whom it is for', async () => {
    const patch = vi.spyOn(apiClient, 'patch').mockResolvedValue(card);
    show(list(), { ...card, recipient_ids: ['edith'] });
    const edith = screen.getByRole<HTMLInputElement>('checkbox', { name: /Edith/ });
    expect(edith.checked).toBe(true);
    await userEvent.click(screen.getByRole('checkbox', { name: /Mila/ }));
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(patch.mock.calls[0]?.[1]).toEqual({ recipient_ids: ['edith', 'mila'], version: 1 });
  });
});
