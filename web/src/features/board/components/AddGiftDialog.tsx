import { Dialog } from '@/components/ui/dialog';
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
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Add a gift">
      <Tabs defaultValue="new">
        <TabList className="mb-4">
          <Tab value="new">Something new</Tab>
          <Tab value="pick">Pick an existing gift</Tab>
        </TabList>
        <TabPanel value="new">
          <AddGiftForm list={list} users={users} onAdded={() => onOpenChange(false)} />
        </TabPanel>
        <TabPanel value="pick">
          <PickGift listId={list.id} items={items} />
        </TabPanel>
      </Tabs>
    </Dialog>
  );
}
