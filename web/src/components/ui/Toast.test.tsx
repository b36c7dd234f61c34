import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { toast, Toaster, toastError, TOAST_MS } from './Toast';

beforeEach(() => {
  vi.useFakeTimers();
  render(<Toaster />);
});
afterEach(() => {
  act(() => void vi.runAllTimers());
  cleanup();
  vi.useRealTimers();
});

const UNDO = { label: 'Undo', run: () => {} };
const show = (...args: Parameters<typeof toast>) => act(() => void toast(...args));
/** The notes one sees; what is read out besides has no state. */
const seen = () =>
  [...document.querySelectorAll('li[data-state=open]')].map((note) => note.textContent);

describe('notes', () => {
  it('are shown one at a time, the newest', () => {
    show('Saved Lego');
    show('Added a book');
    expect(seen()).toEqual(['Added a book']);
  });

  it('leave an offer to undo in place, and come after it', () => {
    show('Moved Lego', { action: UNDO });
    show('Ben added a book', { key: 'remote' });
    show('Ben added a game', { key: 'remote' });
    expect(seen()).toEqual(['Moved LegoUndo']);
    fireEvent.click(screen.getByText('Undo'));
    expect(seen()).toEqual(['Ben added a game']);
  });

  it('replace an offer of the same kind', () => {
    show('Moved Lego', { key: 'move', action: UNDO });
    show('Lego is back in Idea', { key: 'move' });
    expect(seen()).toEqual(['Lego is back in Idea']);
  });

  it('let an error come first', () => {
    show('Moved Lego', { action: UNDO });
    act(() => void toastError('The server cannot be reached.'));
    expect(seen()).toEqual(['The server cannot be reached.']);
  });

  it('go away by themselves', () => {
    show('Saved Lego');
    act(() => void vi.advanceTimersByTime(TOAST_MS));
    expect(seen()).toEqual([]);
  });
});
