import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { apiClient } from '@/lib/api/client';
import { ApiError } from '@/lib/api/problem';
import type { List } from '@/lib/api/types';
import { item } from '@/lib/test-items';
import { list, person, user } from '@/lib/test-people';

import { AddGiftForm } from './AddGiftForm';

const CLARA = user('u-clara', 'clara');
vi.mock('@/lib/context/AuthContext', () => ({
  useMe: () => ({ user: CLARA, family: { name: 'Winter', currency: 'EUR' } }),
}));

const people = [person('clara', 'u-clara'), person('edith', 'u-edith'), person('mila', null)];
const users = [CLARA, user('u-edith', 'edith')];

const onFor = vi.fn();
const show = (about: List, lastFor: string[] = []) =>
  render(
    <QueryClientProvider client={new QueryClient()}>
      <AddGiftForm list={about} {...{ people, users, lastFor, onFor }} />
    </QueryClientProvider>,
  );

const chooser = () => within(screen.getByRole('group', { name: 'For' }));
const addNamed = async (name: string) => {
  await userEvent.type(screen.getByRole('textbox', { name: 'Name or link' }), name);
  await userEvent.click(screen.getByRole('button', { name: 'Add gift' }));
};

describe('the form of a new card', () => {
  const post = vi.fn();

  beforeEach(() => {
    post.mockResolvedValue(item('a', 'idea', 'm'));
    onFor.mockClear();
    vi.spyOn(apiClient, 'post').mockImplementation(post);
  });
  afterEach(() => {
    cleanup();
    post.mockReset();
  });

  it('asks whom it is for on a list about several, and says who will not see it', async () => {
    show(list());
    expect(chooser().getByRole('status').textContent).toMatch(/^Nobody in particular: everybody/);
    await userEvent.click(chooser().getByRole('checkbox', { name: /Edith/ }));
    expect(chooser().getByRole('status').textContent).toBe('Edith does not see this card.');
    await addNamed('Secateurs');
    expect(post).toHaveBeenCalledWith(
      '/list-items',
      expect.objectContaining({ gift: { name: 'Secateurs' }, recipient_ids: ['edith'] }),
      expect.anything(),
    );
    expect(onFor).toHaveBeenCalledWith(['edith']);
  });

  it('does not offer oneself, and says why', () => {
    show(list());
    expect(chooser().queryByRole('checkbox', { name: /Clara/ })).toBeNull();
    expect(chooser().getByText(/a card for you would be hidden from you/)).toBeTruthy();
  });

  it('begins with whom the last card was for', async () => {
    show(list(), ['mila']);
    const mila = chooser().getByRole<HTMLInputElement>('checkbox', { name: /Mila/ });
    expect(mila.checked).toBe(true);
    await addNamed('Riding boots');
    expect(post.mock.calls[0]?.[1]).toMatchObject({ recipient_ids: ['mila'] });
  });

  it('does not ask on a list about a person, but says that it is for them', async () => {
    show(list({ person_id: 'edith' }));
    expect(screen.queryByRole('group', { name: 'For' })).toBeNull();
    expect(screen.getByText('Edith does not see this card.')).toBeTruthy();
    await addNamed('Secateurs');
    expect(post.mock.calls[0]?.[1]).not.toHaveProperty('recipient_ids');
  });

  it('offers nobody to see to a card that is for them', async () => {
    show(list());
    await userEvent.click(screen.getByRole('button', { name: 'More details' }));
    const buyer = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Assigned to' });
    await userEvent.selectOptions(buyer, 'Edith');
    await userEvent.click(chooser().getByRole('checkbox', { name: /Edith/ }));
    expect(within(buyer).queryByRole('option', { name: 'Edith' })).toBeNull();
    await addNamed('Secateurs');
    expect(post.mock.calls[0]?.[1]).not.toHaveProperty('assignee_id');
  });

  it('shows a refusal of a recipient at the question', async () => {
    const errors = [{ location: 'body.recipient_ids[0]', message: 'is not in the family' }];
    post.mockRejectedValue(new ApiError(422, { code: 'invalid', errors }));
    show(list(), ['mila']);
    await addNamed('Riding boots');
    expect((await chooser().findByRole('alert')).textContent).toBe('Is not in the family.');
  });
});
