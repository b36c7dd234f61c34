import { ChevronDown } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useWatch } from 'react-hook-form';

import { Button } from '@/components/ui/Button';
import { CheckField, FormError, TextArea, TextField } from '@/components/ui/Field';
import { MoneyField, moneyRule } from '@/components/ui/MoneyField';
import { toast } from '@/components/ui/Toast';
import type { List, ListItem, Person, User } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useMe } from '@/lib/context/AuthContext';
import { readEntry } from '@/lib/entry';
import { parseMoney } from '@/lib/money';
import { required, useServerForm } from '@/hooks/useServerForm';

import { useAddItem } from '../api/add-item';
import { useRecipients } from '../hooks/useRecipients';
import { BuyerField } from './BuyerField';
import { RecipientsField } from './RecipientsField';

export interface AddGiftFormProps {
  list: List;
  people: readonly Person[];
  users: readonly User[];
  /** Whom the last card was for: most likely the next one is, too. */
  lastFor: readonly string[];
  onFor: (recipientIds: string[]) => void;
  onAdded?: (item: ListItem) => void;
  /** Called with whether something is typed that is not added yet; it must not change. */
  onDirty?: (isDirty: boolean) => void;
}

/** Adds a gift by its name or a link, for somebody; everything else can wait. */
export function AddGiftForm(props: AddGiftFormProps) {
  const { list, people, users, lastFor, onFor, onAdded, onDirty } = props;
  const { family } = useMe();
  const add = useAddItem(list.id);
  const [detailed, setDetailed] = useState(false);
  const form = useServerForm<Values>({
    ...BLANK,
    recipient_ids: [...lastFor],
  });
  const { isDirty } = form.formState;
  useEffect(() => {
    onDirty?.(isDirty);
    return () => onDirty?.(false);
  }, [isDirty, onDirty]);
  const entry = readEntry(form.watch('entry'));
  const recipients = useRecipients(form, users);

  const send = form.submit(async (values) => {
    const price = parseMoney(values.price, family.currency);
    const name = entry.kind === 'link' ? values.name.trim() || entry.name : entry.name;
    const item = await add.mutateAsync({
      gift: {
        name,
        ...(entry.kind === 'link' && { url: entry.url }),
        ...(price && { price }),
        ...(values.image_url.trim() && { image_url: values.image_url.trim() }),
      },
      quantity: Number(values.quantity),
      surprise: values.surprise,
      ...(list.person_id === null && { recipient_ids: values.recipient_ids }),
      ...(values.notes && { notes: values.notes }),
      ...(values.assignee_id && { assignee_id: values.assignee_id }),
    });
    onFor(values.recipient_ids);
    form.reset({ ...BLANK, recipient_ids: values.recipient_ids });
    toast(`Added ${item.gift.name}`);
    onAdded?.(item);
  });

  return (
    <form noValidate onSubmit={send} className="flex flex-col gap-4">
      <FormError>{form.formError}</FormError>
      <TextField
        label="Name or link"
        placeholder="Lego castle, or https://…"
        autoFocus
        autoComplete="off"
        enterKeyHint="done"
        error={form.error('entry')}
        {...form.register('entry', required('A name or a link, please.'))}
      />
      {entry.kind === 'link' && (
        <TextField
          label="Name"
          placeholder={entry.name}
          hint="What the card says. Leave it empty to take the one suggested."
          maxLength={200}
          error={form.error('name')}
          {...form.register('name')}
        />
      )}
      <RecipientsField
        {...{ list, people }}
        {...recipients}
        surprise={form.watch('surprise')}
        error={form.error('recipient_ids')}
      />
      {detailed && <Details form={form} users={users} list={list} currency={family.currency} />}
      <div className="flex flex-wrap justify-between gap-2">
        <Button
          look="quiet"
          aria-expanded={detailed}
          onClick={() => setDetailed((open) => !open)}
          className="-ml-3"
        >
          <ChevronDown
            aria-hidden
            className={cn('size-4 transition-transform', detailed && 'rotate-180')}
          />
          {detailed ? 'Fewer details' : 'More details'}
        </Button>
        <Button type="submit" busy={form.formState.isSubmitting}>
          Add gift
        </Button>
      </div>
    </form>
  );
}

type Values = {
  recipient_ids: string[];
  entry: string;
  name: string;
  price: string;
  image_url: string;
  notes: string;
  assignee_id: string;
  quantity: string;
  surprise: boolean;
};

const BLANK: Values = {
  recipient_ids: [],
  entry: '',
  name: '',
  price: '',
  image_url: '',
  notes: '',
  assignee_id: '',
  quantity: '1',
  surprise: true,
};

interface DetailsProps {
  form: ReturnType<typeof useServerForm<Values>>;
  users: readonly User[];
  list: List;
  currency: string;
}

function Details({ form, users, list, currency }: DetailsProps) {
  const recipientIds = useWatch({ control: form.control, name: 'recipient_ids' });
  return (
    <>
      <div className="grid grid-cols-2 gap-3">
        <MoneyField
          label="Price"
          currency={currency}
          error={form.error('price')}
          {...form.register('price', moneyRule(currency))}
        />
        <TextField
          label="Quantity"
          type="number"
          min={1}
          max={1000}
          error={form.error('quantity')}
          {...form.register('quantity')}
        />
      </div>
      <TextField
        label="Picture link"
        type="url"
        placeholder="https://…"
        error={form.error('image_url')}
        {...form.register('image_url')}
      />
      <BuyerField
        {...{ users, recipientIds }}
        error={form.error('assignee_id')}
        {...form.register('assignee_id')}
      />
      <TextArea
        label="Notes"
        hint="Only planners see them."
        error={form.error('notes')}
        {...form.register('notes')}
      />
      {list.person_id && (
        <CheckField
          label="Keep it a surprise"
          hint="The person this list is about does not see it among the wishes."
          {...form.register('surprise')}
        />
      )}
    </>
  );
}
