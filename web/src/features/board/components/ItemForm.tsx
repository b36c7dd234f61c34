import { useEffect, useState } from 'react';
import { useWatch } from 'react-hook-form';

import { Button } from '@/components/ui/Button';
import { DialogActions } from '@/components/ui/Dialog';
import { CheckField, FormError, TextArea, TextField } from '@/components/ui/Field';
import { MoneyField, moneyRule } from '@/components/ui/MoneyField';
import { toast } from '@/components/ui/Toast';
import type { Person } from '@/lib/api/types';
import { changedFields } from '@/lib/changed-fields';
import { useMe } from '@/lib/context/AuthContext';
import { useEditForm, type EditForm, type Patch } from '@/hooks/useEditForm';

import { useUpdateItem } from '../api/update-item';
import { useRecipients } from '../hooks/useRecipients';
import { currenciesOf, inputIn, toValues, type ItemValues } from '../lib/item-values';
import { BuyerField } from './BuyerField';
import { ShopLink } from './GiftFacts';
import type { ItemSheetProps } from './ItemSheet';
import { RecipientsField } from './RecipientsField';
import { RemoveItem } from './RemoveItem';

export interface ItemFormProps extends ItemSheetProps {
  /** The person who wishes for it, if it is a wish. */
  wisher: Person | undefined;
  /** Called with whether something is typed that is not saved yet; it must not change. */
  onDirty: (isDirty: boolean) => void;
}

/** What planners note about a card, and whom it is for. */
export function ItemForm(props: ItemFormProps) {
  const { list, item, wisher, onClose, onDirty } = props;
  const form = useItemForm(props);
  const { isDirty } = form.formState;
  useEffect(() => onDirty(isDirty), [isDirty, onDirty]);

  const send = form.submit(async (values) => {
    await form.save(values);
    toast(`Saved ${item.gift.name}`);
    onClose();
  });

  return (
    <form noValidate onSubmit={(event) => void send(event)} className="flex grow flex-col gap-4">
      <Recipients {...props} form={form} />
      <PlannersNotes {...props} form={form} />
      <DialogActions>
        <div className="basis-full empty:hidden">
          <FormError>{form.formError}</FormError>
        </div>
        <RemoveItem {...{ list, item, wisher }} onGone={onClose} />
        <Button type="submit" busy={form.formState.isSubmitting}>
          Save
        </Button>
      </DialogActions>
    </form>
  );
}

function useItemForm({ list, item }: ItemFormProps): EditForm<ItemValues> {
  const { family } = useMe();
  const update = useUpdateItem(list.id);
  const [opened] = useState(item);
  const toInput = inputIn(currenciesOf(opened, family.currency));
  return useEditForm({
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
}

type FieldsProps = ItemFormProps & { form: EditForm<ItemValues> };

function Recipients({ list, people, users, wisher, form }: FieldsProps) {
  const { control, register, error } = form;
  const recipients = useRecipients(form, users);
  const surprise = useWatch({ control, name: 'surprise' });
  return (
    <>
      <RecipientsField
        {...{ list, people, surprise }}
        {...recipients}
        error={error('recipient_ids')}
      />
      {/* A wish of somebody with an account is theirs: it does not vanish from their list. */}
      {list.person_id && !wisher?.user_id && (
        <CheckField
          label="Keep it a surprise"
          hint="Off: the person this list is about sees it among the wishes."
          {...register('surprise')}
        />
      )}
    </>
  );
}

function PlannersNotes({ item, wisher, users, form }: FieldsProps) {
  const { family } = useMe();
  const { control, register, error } = form;
  const recipientIds = useWatch({ control, name: 'recipient_ids' });
  const currencies = currenciesOf(item, family.currency);
  return (
    <fieldset className="flex min-w-0 flex-col gap-4 border-t border-line pt-4">
      <legend className="sr-only">What planners note</legend>
      {wisher && (
        <p className="text-sm break-words text-soft">{`From here on it is for planners: ${wisher.name} sees none of it.`}</p>
      )}
      <BuyerField
        {...{ users, recipientIds }}
        error={error('assignee_id')}
        {...register('assignee_id')}
      />
      <div className="grid grid-cols-2 gap-3">
        <MoneyField
          label="Price paid"
          currency={currencies.price}
          error={error('price')}
          {...register('price', moneyRule(currencies.price))}
        />
        <MoneyField
          label="Sale price"
          currency={currencies.discount_price}
          error={error('discount_price')}
          {...register('discount_price', moneyRule(currencies.discount_price))}
        />
      </div>
      <div className="grid grid-cols-[1fr_6rem] gap-3">
        <TextField
          label="Where to buy it"
          type="url"
          inputMode="url"
          placeholder="https://"
          maxLength={2000}
          autoComplete="off"
          error={error('link')}
          {...register('link')}
        />
        <TextField
          label="Quantity"
          type="number"
          min={1}
          max={1000}
          error={error('quantity')}
          {...register('quantity')}
        />
      </div>
      {item.link && (
        <p className="-mt-3 -ml-3">
          <ShopLink url={item.link} />
        </p>
      )}
      <TextArea
        label="Notes"
        hint="Only planners see them."
        error={error('notes')}
        {...register('notes')}
      />
    </fieldset>
  );
}
