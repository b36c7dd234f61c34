import { useController } from 'react-hook-form';

import type { User } from '@/lib/api/types';
import { buyersOf } from '@/lib/recipients';
import type { ServerForm } from '@/hooks/useServerForm';

/** The recipients in a card's form. */
interface RecipientValues {
  recipient_ids: string[];
  assignee_id: string;
}

/** The recipients in a card's form. Who becomes one no longer sees to the card. */
export function useRecipients<V extends RecipientValues>(
  form: ServerForm<V>,
  users: readonly User[],
) {
  const { control, getValues, setValue } = form as unknown as ServerForm<RecipientValues>;
  const { value, onChange } = useController({ control, name: 'recipient_ids' }).field;
  const choose = (ids: string[]) => {
    onChange(ids);
    const buyer = getValues('assignee_id');
    if (buyer && !buyersOf(users, ids).some(({ id }) => id === buyer)) {
      setValue('assignee_id', '', { shouldDirty: true });
    }
  };
  return { value, onChange: choose };
}
