import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { CopyField } from './CopyField';

const LINK = 'http://192.168.1.20:8000/join#q3ZkX1';

afterEach(cleanup);

describe('CopyField', () => {
  it('copies and says so', async () => {
    const user = userEvent.setup();
    render(<CopyField label="Invite link" value={LINK} />);
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(await navigator.clipboard.readText()).toBe(LINK);
    expect(screen.getByRole('button', { name: 'Copied' })).toBeTruthy();
  });

  it('copies what is selected where there is no clipboard, as over plain HTTP', async () => {
    vi.stubGlobal('navigator', { ...navigator, clipboard: undefined });
    const selected = vi.fn(() => {
      const { selectionStart, selectionEnd, value } = field;
      return value.slice(selectionStart ?? 0, selectionEnd ?? 0) === LINK;
    });
    document.execCommand = selected;
    render(<CopyField label="Invite link" value={LINK} />);
    const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Invite link' });
    fireEvent.click(screen.getByRole('button', { name: 'Copy' }));
    expect(await screen.findByRole('button', { name: 'Copied' })).toBeTruthy();
    expect(selected).toHaveBeenCalledWith('copy');
    vi.unstubAllGlobals();
  });
});
