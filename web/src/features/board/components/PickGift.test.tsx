import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { apiClient } from '@/lib/api/client';
import type { Gift, List } from '@/lib/api/types';
import { item } from '@/lib/test-items';
import { list, person, user } from '@/lib/test-people';

import { PickGift } from './PickGift';

const CLARA = user('u-clara', 'clara');
vi.mock('@/lib/context/AuthContext', () => ({ useMe: () => ({ user: CLARA, family: {} }) }));

const people = [person('clara', 'u-clara'), person('edith', 'u-edith'), person('mila', null)];
const gift: Gift = { ...item('a', 'idea', 'm').gift, name: 'Kite', person_ids: [] };

const show = (about: List, offered: Gift) => {
  vi.spyOn(apiClient, 'get').mockResolvedValue({ items: [offered], next_cursor: '' });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <PickGift
        list={about}
        {...{ people, users: [], items: [] }}
        lastFor={['mila']}
        onFor={() => undefined}
      />
    </QueryClientProvider>,
  );
};

describe('a gift that is picked', () => {
  const post = vi.fn();
  const add = async () => userEvent.click(await screen.findByRole('button', { name: 'Add Kite' }));

  beforeEach(() => {
    post.mockResolvedValue(item('a', 'idea', 'm'));
    vi.spyOn(apiClient, 'post').mockImplementation(post);
  });
  afterEach(() => {
    cleanup();
    post.mockReset();
  });

  it.each([
    ['whom it would suit', ['edith'], ['edith']],
    ['whom the last card was for', [], ['mila']],
  ])('is for %s, unless one says otherwise', async (_what, person_ids, recipient_ids) => {
    show(list(), { ...gift, person_ids });
    await add();
    expect(post).not.toHaveBeenCalled();
    await add();
    expect(post.mock.calls[0]?.[1]).toMatchObject({ gift_id: gift.id, recipient_ids });
  });

  it('goes at once onto a list about a person', async () => {
    show(list({ person_id: 'edith' }), { ...gift, person_ids: ['mila'] });
    await add();
    expect(post.mock.calls[0]?.[1]).toEqual({ gift_id: gift.id, list_id: 'list' });
  });
});
