import { Plus } from 'lucide-react';

import { Button } from '@/components/ui/Button';
import { FormError, TextField } from '@/components/ui/Field';
import { toast } from '@/components/ui/Toast';
import { readEntry } from '@/lib/entry';
import { required, useServerForm } from '@/hooks/useServerForm';

import { useAddWish } from '../api/add-wish';

/** Adds a wish by its name or a link. */
export function AddWishForm({ listId }: { listId: string }) {
  const add = useAddWish(listId);
  const form = useServerForm({ entry: '', name: '' });
  const entry = readEntry(form.watch('entry'));

  const send = form.submit(async ({ name }) => {
    const gift =
      entry.kind === 'link'
        ? { name: name.trim() || entry.name, url: entry.url }
        : { name: entry.name };
    const wish = await add.mutateAsync(gift);
    form.reset();
    form.setFocus('entry');
    toast(`${wish.gift.name} is on your list`);
  });

  return (
    <form
      noValidate
      onSubmit={(event) => void send(event)}
      className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-4 shadow-card sm:p-5"
    >
      <FormError>{form.formError}</FormError>
      <div className="flex items-end gap-2">
        <TextField
          className="grow"
          label="Name or link"
          placeholder="What would make you happy?"
          autoComplete="off"
          error={form.error('entry')}
          {...form.register('entry', required('A name or a link, please.'))}
        />
        <Button
          type="submit"
          busy={form.formState.isSubmitting}
          className={form.error('entry') ? 'mb-6.5' : ''}
        >
          <Plus aria-hidden className="size-4" /> Add wish
        </Button>
      </div>
      {entry.kind === 'link' && (
        <TextField
          label="Name"
          placeholder={entry.name}
          hint="Leave it empty to take the one suggested."
          maxLength={200}
          error={form.error('name')}
          {...form.register('name')}
        />
      )}
    </form>
  );
}
