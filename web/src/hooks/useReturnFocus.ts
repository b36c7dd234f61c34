import { useEffect, useRef, useState } from 'react';

/** Gives the focus back to what had it when the calling dialog was opened, once it is gone. */
export function useReturnFocus(): void {
  const [opener] = useState(() => document.activeElement);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    clearTimeout(timer.current);
    return () => {
      // Only then the dialog has let go of the focus.
      timer.current = setTimeout(() => {
        if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
      });
    };
  }, [opener]);
}
