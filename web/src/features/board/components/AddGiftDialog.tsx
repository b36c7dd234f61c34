import { useState } from 'react';

import { Dialog } from '@/components/ui/Dialog';
import { useDiscard } from '@/hooks/useDiscard';
import { Tab, TabList, TabPanel, Tabs } from '@/components/ui/Tabs';
import type { ListItem } from '@/lib/api/types';

import { AddGiftForm, type AddGiftFormProps } from './AddGiftForm';
import { PickGift } from './PickGift';

export interface AddGiftDialogProps extends Omit<AddGiftFormProps, 'onAdded' | 'onDirty'> {
  items: readonly ListItem[];
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function AddGiftDialog({ items, open, onOpenChange, ...card }: AddGiftDialogProps) {
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
          <AddGiftForm {...card} onAdded={() => onOpenChange(false)} onDirty={setDirty} />
        </TabPanel>
        <TabPanel value="pick">
          <PickGift {...card} items={items} />
        </TabPanel>
      </Tabs>
      {question}
    </Dialog>
  );
}
