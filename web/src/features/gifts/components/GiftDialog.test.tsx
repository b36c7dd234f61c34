import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { apiClient } from '@/lib/api/client';
import { ApiError, NetworkError } from '@/lib/api/problem';
import type { Gift, Person } from '@/lib/api/types';
import { item } from '@/lib/test-items';

import { GiftDialog } from './GiftDialog';

vi.mock('@/lib/context/AuthContext', () => ({
  useMe: () => ({ user: { id: 'ben' }, family: { name: 'Lovelace', currency: 'EUR' } }),
}));

const shown: Gift = item('a', 'idea', 'm').gift;
const person = (id: string, name: string, user_id: string | null) =>
  ({ id, name, user_id, color: '#123456', photo_url: '' }) as Person;
const people = [person('p-mia', 'Mia', null), person('p-ben', 'Ben', 'ben')];

const show = () =>
  render(
    <QueryClientProvider client={new QueryClient()}>
      <GiftDialog gift={shown} onClose={() => undefined} />
    </QueryClientProvider>,
  );

describe('the dialog of a gift', () => {
  let readGift: () => Promise<unknown>;

  beforeEach(() => {
    vi.stubGlobal('matchMedia', () => ({ matches: false })); // jsdom has none
    readGift = () => Promise.resolve({ ...shown, person_ids: ['p-mia'] });
    vi.spyOn(apiClient, 'get').mockImplementation((path: string) =>
      path.startsWith('/gifts/') ? readGift() : Promise.resolve({ items: people, next_cursor: '' }),
    );
  });
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it('shows whom the gift would suit by now, which no event tells', async () => {
    show();
    const mia = await screen.findByRole('checkbox', { name: /Mia/ });
    expect((mia as HTMLInputElement).checked).toBe(true);
  });

  it('does not ask whether it would suit the reader', async () => {
    show();
    await screen.findByRole('checkbox', { name: /Mia/ });
    expect(screen.queryByRole('checkbox', { name: /Ben/ })).toBeNull();
  });

  it('shows the words of a refusal: somebody else’s wish, say', async () => {
    const detail = 'somebody wishes for this gift, and only they may change it';
    vi.spyOn(apiClient, 'patch').mockRejectedValue(
      new ApiError(403, { code: 'forbidden', detail }),
    );
    show();
    await userEvent.type(await screen.findByRole('textbox', { name: 'Name' }), ' set');
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect((await screen.findByRole('alert')).textContent).toBe(
      'Somebody wishes for this gift, and only they may change it.',
    );
  });

  it('opens with what is shown where the gift cannot be read', async () => {
    readGift = () => Promise.reject(new NetworkError('offline'));
    show();
    const name = await screen.findByRole('textbox', { name: 'Name' });
    expect((name as HTMLInputElement).value).toBe(shown.name);
  });
});
