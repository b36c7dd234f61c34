import { useState } from 'react';

import { Dialog } from '@/components/ui/Dialog';
import { useDiscard } from '@/hooks/useDiscard';
import { SelectField } from '@/components/ui/Field';
import type { Gift, List, ListItem, Person, Status, User } from '@/lib/api/types';
import { kindOf } from '@/lib/recipients';
import { COLUMNS, STATUSES } from '@/lib/status';

import { GiftFacts } from './GiftFacts';
import { ItemForm } from './ItemForm';
import { WishFacts } from './WishFacts';

export interface ItemSheetProps {
  list: List;
  /** The item as it is now; it may change while the sheet is open. */
  item: ListItem;
  people: readonly Person[];
  users: readonly User[];
  onClose: () => void;
  onMoveTo: (item: ListItem, status: Status) => void;
  onEditGift: (gift: Gift) => void;
}

/** Everything about one card: what it is, whom it is for, where it stands, who sees to it. */
export function ItemSheet(props: ItemSheetProps) {
  const { list, item, people, onClose, onMoveTo, onEditGift } = props;
  const [isDirty, setDirty] = useState(false);
  const { leave, question } = useDiscard(isDirty, onClose);
  const isWish = kindOf(item, list) === 'wish';
  const wisher = isWish ? people.find(({ id }) => id === list.person_id) : undefined;
  const edit = () => onEditGift(item.gift);
  return (
    <Dialog open onOpenChange={leave} title={item.gift.name} shape="side">
      <div className="flex grow flex-col gap-5">
        {wisher ? (
          <WishFacts gift={item.gift} wisher={wisher} onEdit={edit} />
        ) : (
          <GiftFacts gift={item.gift} onEdit={edit} />
        )}
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
        <ItemForm {...props} key={`${list.id}/${item.id}`} wisher={wisher} onDirty={setDirty} />
      </div>
      {question}
    </Dialog>
  );
}
