import { useEffect, useRef, type PointerEvent } from 'react';

/** Calls `hold` while a finger or button is down on a card, `release` when it is up again. */
export function usePointerHold(hold: () => void, release: () => void) {
  const held = useRef(false);

  useEffect(() => {
    const end = () => {
      if (!held.current) return;
      held.current = false;
      release();
    };
    const ends = ['pointerup', 'pointercancel', 'blur'] as const;
    for (const name of ends) window.addEventListener(name, end);
    return () => {
      for (const name of ends) window.removeEventListener(name, end);
      end();
    };
  }, [release]);

  return (event: PointerEvent) => {
    const onCard = event.target instanceof Element && event.target.closest('[data-item-id]');
    if (!onCard) return;
    held.current = true;
    hold();
  };
}
