import { ExternalLink, Pencil } from 'lucide-react';
import { useEffect, useState } from 'react';

import { Button } from '@/components/ui/button';
import { Confirm } from '@/components/ui/confirm';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { useDiscard } from '@/components/ui/discard';
import { CheckField, FormError, SelectField, TextArea, TextField } from '@/components/ui/field';
import { GiftPicture } from '@/components/ui/gift-picture';
import { MoneyField, moneyRule } from '@/components/ui/money-field';
import { toast, toastError } from '@/components/ui/toast';
import { errorMessage } from '@/lib/api/problem';
import type { Gift, List, ListItem, Status, User } from '@/lib/api/types';
import { useMe } from '@/lib/context/AuthContext';
import { changedFields } from '@/lib/changed-fields';
import { formatMoney, moneyToText, parseMoney } from '@/lib/money';
import { COLUMNS, STATUSES } from '@/lib/status';
import { useEditForm, type Patch } from '@/lib/use-edit-form';

import { useDeleteItem } from '../api/delete-item';
import { useUpdateItem } from '../api/update-item';

export interface ItemSheetProps {
  list: List;
  /** The item as it is now; it may change while the sheet is open. */
  item: ListItem;
  users: readonly User[];
  onClose: () => void;
  onMoveTo: (item: ListItem, status: Status) => void;
  onEditGift: (gift: Gift) => void;
}

/** Everything about one card: what it is, where it stands, who sees to it. */
export function ItemSheet(props: ItemSheetProps) {
  const { list, item, onClose, onMoveTo, onEditGift } = props;
  const [isDirty, setDirty] = useState(false);
  const { leave, question } = useDiscard(isDirty, onClose);
  return (
    <Dialog open onOpenChange={leave} title={item.gift.name} shape="side">
      <div className="flex grow flex-col gap-5">
        <GiftSummary gift={item.gift} onEdit={() => onEditGift(item.gift)} />
        <SelectField
          label="Column"
          value={item.status}
          onChange={(event) => onMoveTo(item, event.target.value as Status)}
        >
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {COLUMNS[status].label}
            </option>
          ))}
        </SelectField>
        <ItemForm {...props} key={`${list.id}/${item.id}`} onDirty={setDirty} />
      </div>
      {question}
    </Dialog>
  );
}

function GiftSummary({ gift, onEdit }: { gift: Gift; onEdit: () => void }) {
  const price = gift.sale_price ?? gift.price;
  return (
    <div className="flex gap-4">
      <GiftPicture gift={gift} className="size-24 shrink-0 rounded-md" />
      <div className="flex min-w-0 grow flex-col items-start gap-1">
        {price && <p className="text-lg font-semibold tabular-nums">{formatMoney(price)}</p>}
        {gift.description && <p className="line-clamp-3 text-sm text-soft">{gift.description}</p>}
        <div className="mt-auto -ml-3 flex flex-wrap">
          {gift.url && (
            <a
              href={gift.url}
              target="_blank"
              rel="noreferrer noopener"
              className="inline-flex h-9 items-center gap-1.5 rounded-sm px-3 text-sm font-medium text-berry hover:bg-berry-soft pointer-coarse:h-11"
            >
              <ExternalLink aria-hidden className="size-4" /> {hostOf(gift.url)}
            </a>
          )}
          <Button look="quiet" size="sm" onClick={onEdit}>
            <Pencil aria-hidden className="size-4" /> Edit gift
          </Button>
        </div>
      </div>
    </div>
  );
}

function hostOf(url: string): string {
  try {
    return new URL(url).hostname.replace(/^www\./, '');
  } catch {
    return 'Open link';
  }
}

interface ItemValues {
  assignee_id: string;
  price: string;
  quantity: string;
  notes: string;
  surprise: boolean;
}

const toValues = (item: ListItem | undefined): ItemValues => ({
  assignee_id: item?.assignee_id ?? '',
  price: moneyToText(item?.price),
  quantity: String(item?.quantity ?? 1),
  notes: item?.notes ?? '',
  surprise: item?.surprise ?? true,
});

const inputIn = (currency: string) => (values: ItemValues) => ({
  assignee_id: values.assignee_id || null,
  price: parseMoney(values.price, currency) ?? null,
  quantity: Number(values.quantity),
  notes: values.notes,
  surprise: values.surprise,
});

interface ItemFormProps extends ItemSheetProps {
  /** Called with whether something is typed that is not saved yet; it must not change. */
  onDirty: (isDirty: boolean) => void;
}

function ItemForm({ list, item, users, onClose, onDirty }: ItemFormProps) {
  const { family } = useMe();
  const currency = item.price?.currency ?? family.currency;
  const update = useUpdateItem(list.id);
  const [opened] = useState(item);
  const toInput = inputIn(currency);

  const form = useEditForm({
    entity: opened,
    toValues,
    toInput,
    create: () => Promise.reject(new Error('an item on the board exists already')),
    update: (itemId: string, patch: Patch<ReturnType<typeof toInput>>, mutationId) => {
      // A card that was only moved meanwhile is no conflict with what is typed here.
      const others = changedFields(toInput(toValues(opened)), toInput(toValues(item)));
      const onlyMoved = Object.keys(others).length === 0;
      const version = onlyMoved ? Math.max(item.version, patch.version) : patch.version;
      return update.mutateAsync({ itemId, patch: { ...patch, version }, mutationId });
    },
  });

  const { isDirty } = form.formState;
  useEffect(() => onDirty(isDirty), [isDirty, onDirty]);

  const send = form.submit(async (values) => {
    await form.save(values);
    toast(`Saved ${item.gift.name}`);
    onClose();
  });

  return (
    <form noValidate onSubmit={(event) => void send(event)} className="flex grow flex-col gap-4">
      <SelectField
        key={`users-${users.length}`}
        label="Assigned to"
        error={form.error('assignee_id')}
        {...form.register('assignee_id')}
      >
        <option value="">Nobody yet</option>
        {users.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
      <div className="grid grid-cols-2 gap-3">
        <MoneyField
          label="Price paid"
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
      <TextArea
        label="Notes"
        hint="Only planners see them."
        error={form.error('notes')}
        {...form.register('notes')}
      />
      {list.person_id && (
        <CheckField
          label="Keep it a surprise"
          hint="Off: the person this list is about sees it among the wishes."
          {...form.register('surprise')}
        />
      )}
      <DialogActions>
        <div className="basis-full empty:hidden">
          <FormError>{form.formError}</FormError>
        </div>
        <RemoveButton list={list} item={item} onGone={onClose} />
        <Button type="submit" busy={form.formState.isSubmitting}>
          Save
        </Button>
      </DialogActions>
    </form>
  );
}

interface RemoveButtonProps {
  list: List;
  item: ListItem;
  onGone: () => void;
}

function RemoveButton({ list, item, onGone }: RemoveButtonProps) {
  const remove = useDeleteItem(list.id);
  const [asking, setAsking] = useState(false);
  const { name } = item.gift;
  const confirm = () =>
    remove.mutate(item.id, {
      onSuccess: () => {
        toast(`Removed ${name}`);
        onGone();
      },
      onError: (error) => toastError(errorMessage(error)),
    });
  return (
    <>
      <Button look="danger" className="mr-auto -ml-3" onClick={() => setAsking(true)}>
        Remove from list
      </Button>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={`Remove ${name}?`}
        body="It leaves this list for everybody, with its notes and who was to get it. The gift itself stays among your gifts."
        action="Remove"
        busy={remove.isPending}
        onConfirm={confirm}
      />
    </>
  );
}
