import { useQuery } from '@tanstack/react-query';

import { FormDialog, type Removal } from '@/components/ui/FormDialog';
import { freshGiftQuery } from '@/hooks/useGifts';
import type { Gift } from '@/lib/api/types';
import { useMe } from '@/lib/context/AuthContext';
import { useEditForm } from '@/hooks/useEditForm';

import { useCreateGift } from '../api/create-gift';
import { useDeleteGift } from '../api/delete-gift';
import { useUpdateGift } from '../api/update-gift';
import { currenciesOf, giftFields, giftValues, type GiftValues } from '../lib/gift-values';
import { GiftFieldset } from './GiftFieldset';

export interface GiftDialogProps {
  /** What is edited; undefined for a new one. */
  gift?: Gift | undefined;
  onClose: () => void;
}

/** Edits a gift as it is now; where that cannot be read, as it is shown. */
export function GiftDialog({ gift, onClose }: GiftDialogProps) {
  const fresh = useQuery({ ...freshGiftQuery(gift?.id ?? ''), enabled: gift !== undefined });
  if (fresh.isLoading) return null;
  return <GiftForm gift={fresh.data ?? gift} onClose={onClose} />;
}

function GiftForm({ gift, onClose }: GiftDialogProps) {
  const { family } = useMe();
  const { mutateAsync: create } = useCreateGift();
  const { mutateAsync: update } = useUpdateGift();
  const removal = useRemoval(gift);
  const currencies = currenciesOf(gift, family.currency);
  const form = useEditForm({
    entity: gift,
    toValues: giftValues,
    toInput: (values: GiftValues) => giftFields(values, currencies),
    create: (input, mutationId) => create({ input, mutationId }),
    update: (id, patch, mutationId) => update({ id, patch, mutationId }),
  });
  return (
    <FormDialog
      title={gift ? gift.name : 'Add a gift'}
      form={form}
      first="name"
      action={gift ? 'Save' : 'Add gift'}
      done={({ name }) => (gift ? `Saved ${name}` : `Added ${name}`)}
      removal={removal}
      onClose={onClose}
    >
      <GiftFieldset form={form} id={gift?.id ?? ''} currencies={currencies} />
    </FormDialog>
  );
}

function useRemoval(gift: Gift | undefined): Removal | undefined {
  const { mutateAsync: remove } = useDeleteGift();
  if (!gift) return undefined;
  return {
    label: 'Delete gift',
    title: `Delete ${gift.name}?`,
    body: 'It comes off every list you plan, and off your own wishes. Where only others see it, it stays for them.',
    run: () => remove(gift.id),
    done: `Deleted ${gift.name}`,
  };
}
