import { useState } from 'react';

import { Button } from '@/components/ui/Button';
import { Confirm } from '@/components/ui/Confirm';
import { toast, toastError } from '@/components/ui/Toast';
import { errorMessage } from '@/lib/api/problem';
import type { List, ListItem, Person } from '@/lib/api/types';

import { useDeleteItem } from '../api/delete-item';

export interface RemoveItemProps {
  list: List;
  item: ListItem;
  /** The person who wishes for it, if it is a wish. */
  wisher: Person | undefined;
  onGone: () => void;
}

const CARD_LEAVES =
  'It leaves this list for everybody, with its notes and who was to get it. The gift itself stays among your gifts.';

const wishLeaves = ({ name }: Person) =>
  `It is a wish of ${name}, whose list it leaves, too: ${name} will notice. What planners noted goes with it. If ${name} made the wish, only ${name} can remove it.`;

/** Takes a card off its list, after asking. */
export function RemoveItem({ list, item, wisher, onGone }: RemoveItemProps) {
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
        body={wisher?.user_id ? wishLeaves(wisher) : CARD_LEAVES}
        action="Remove"
        busy={remove.isPending}
        onConfirm={confirm}
      />
    </>
  );
}
