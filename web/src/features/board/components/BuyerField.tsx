import type { ComponentProps } from 'react';

import { SelectField } from '@/components/ui/Field';
import type { User } from '@/lib/api/types';
import { buyersOf } from '@/lib/recipients';

export interface BuyerFieldProps extends Omit<ComponentProps<typeof SelectField>, 'label'> {
  users: readonly User[];
  /** Whom the card is for: they do not see it, and so cannot see to it. */
  recipientIds: readonly string[];
}

/** Asks who sees to a card. */
export const BuyerField = ({ users, recipientIds, ...select }: BuyerFieldProps) => (
  // Options come after the form: without a key the choice would be lost.
  <SelectField key={`users-${users.length}`} label="Assigned to" {...select}>
    <option value="">Nobody yet</option>
    {buyersOf(users, recipientIds).map(({ id, name }) => (
      <option key={id} value={id}>
        {name}
      </option>
    ))}
  </SelectField>
);
