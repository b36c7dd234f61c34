import { useState } from 'react';

import { Dialog } from '@/components/ui/dialog';
import { useDiscard } from '@/components/ui/discard';
import { Tab, TabList, TabPanel, Tabs } from '@/components/ui/tabs';
import type { List, ListItem, User } from '@/lib/api/types';

import { AddGiftForm } from './AddGiftForm';
import { PickGift } from './PickGift';

export interface AddGiftDialogProps {
  list: List;
  items: readonly ListItem[];
  users: readonly User[];
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function AddGiftDialog({ list, items, users, open, onOpenChange }: AddGiftDialogProps) {
  const [isDirty, setDirty] = useState(false);
  const { leave, question } = useDiscard(isDirty, () => onOpenChange(false));
  return (
    <Dialog open={open} onOpenChange={leave} title="Add a gift">
      <Tabs defaultValue="new">
        <TabList className="mb-4">
          <Tab value="new">Something new</Tab>
          <Tab value="pick">Pick an existing gift</Tab>
        </TabList>
        {/* What is typed stays while one looks at the other tab. */}
        <TabPanel value="new" forceMount className="data-[state=inactive]:hidden">
          <AddGiftForm
            {...{ list, users }}
            onAdded={() => onOpenChange(false)}
            onDirty={setDirty}
          />
        </TabPanel>
        <TabPanel value="pick">
          <PickGift listId={list.id} items={items} />
        </TabPanel>
      </Tabs>
      {question}
    </Dialog>
  );
}
