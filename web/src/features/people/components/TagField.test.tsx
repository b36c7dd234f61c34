import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { TagField } from './TagField';

afterEach(cleanup);

function setup(initial: string[] = []) {
  const submitted = vi.fn();
  function Form() {
    const [tags, setTags] = useState(initial);
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submitted(tags);
        }}
      >
        <TagField label="Interests" value={tags} onChange={setTags} />
        <button type="submit">Save</button>
      </form>
    );
  }
  render(<Form />);
  const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Interests' });
  const tags = () =>
    screen.queryAllByRole('listitem').map((item) => item.firstElementChild?.textContent);
  return { user: userEvent.setup(), field, tags, submitted };
}

describe('TagField', () => {
  it('adds with Enter, without sending the form', async () => {
    const { user, field, tags, submitted } = setup(['lego']);
    await user.type(field, 'horses{Enter}');
    expect(tags()).toEqual(['lego', 'horses']);
    expect(field.value).toBe('');
    expect(submitted).not.toHaveBeenCalled();
  });

  it('lets Enter in the empty field send the form', async () => {
    const { user, field, submitted } = setup(['lego']);
    await user.type(field, '{Enter}');
    expect(submitted).toHaveBeenCalledWith(['lego']);
  });

  it('adds with a comma, and all that was pasted', async () => {
    const { user, field, tags } = setup();
    await user.type(field, 'lego,');
    await user.paste('horses, chess');
    expect(tags()).toEqual(['lego', 'horses', 'chess']);
  });

  it('adds what was left in the field when Save is clicked', async () => {
    const { user, field, submitted } = setup();
    await user.type(field, 'lego');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(submitted).toHaveBeenCalledWith(['lego']);
  });

  it('takes the last one back for editing with Backspace', async () => {
    const { user, field, tags } = setup(['lego', 'horse']);
    await user.type(field, '{Backspace}s{Enter}');
    expect(tags()).toEqual(['lego', 'horses']);
  });

  it('removes one by its button and goes back to the field', async () => {
    const { user, field, tags } = setup(['lego', 'horses']);
    await user.click(screen.getByRole('button', { name: 'Remove lego' }));
    expect(tags()).toEqual(['horses']);
    expect(document.activeElement).toBe(field);
  });
});
