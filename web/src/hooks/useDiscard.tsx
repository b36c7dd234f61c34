import { useState, type ReactNode } from 'react';

import { Confirm } from '@/components/ui/Confirm';

interface Discard {
  /** Closes the dialog, or asks first. */
  leave: () => void;
  /** The question, to be rendered in the dialog. */
  question: ReactNode;
}

/** Lets nothing typed into a dialog be lost without asking. */
export function useDiscard(isDirty: boolean, onClose: () => void): Discard {
  const [asking, setAsking] = useState(false);
  return {
    leave: () => (isDirty ? setAsking(true) : onClose()),
    question: (
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title="Discard what you typed?"
        body="It has not been saved yet."
        action="Discard"
        onConfirm={() => {
          setAsking(false);
          onClose();
        }}
      />
    ),
  };
}
