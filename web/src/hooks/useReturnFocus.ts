import { useEffect, useRef, useState } from 'react';

/** What opened the calling dialog; for an item of a menu, which is gone by then, the menu's button. */
function findOpener(): Element | null {
  const active = document.activeElement;
  const button = active?.closest('[role=menu]')?.getAttribute('aria-labelledby');
  return button ? document.getElementById(button) : active;
}

/** Gives the focus back to what had it when the calling dialog was opened, once it is gone. */
export function useReturnFocus(): void {
  const [opener] = useState(findOpener);
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
