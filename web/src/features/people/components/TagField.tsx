import { X } from 'lucide-react';
import { useRef, useState, type KeyboardEvent } from 'react';

import { TextField } from '@/components/ui/Field';

import { addTags, MAX_TAG_LENGTH, MAX_TAGS, TAG_SEPARATORS } from '../lib/tags';

export interface TagFieldProps {
  label: string;
  hint?: string;
  error?: string | undefined;
  placeholder?: string;
  value: readonly string[];
  onChange: (tags: string[]) => void;
}

/**
 * A list of short texts. Enter or a comma adds what is typed, so does leaving
 * the field; Backspace in the empty field takes back the last one for editing.
 */
export function TagField({ label, hint, error, placeholder, value, onChange }: TagFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const full = value.length >= MAX_TAGS;

  const add = (typed: string) => {
    setText('');
    const next = addTags(value, typed);
    if (next.length > value.length) onChange(next);
  };
  const type = (typed: string) => (TAG_SEPARATORS.test(typed) ? add(typed) : setText(typed));
  const remove = (tag: string) => {
    onChange(value.filter((other) => other !== tag));
    input.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && text.trim() !== '') {
      event.preventDefault();
      add(text);
    }
    const last = value.at(-1);
    if (event.key === 'Backspace' && text === '' && last !== undefined) {
      event.preventDefault();
      onChange(value.slice(0, -1));
      setText(last);
    }
  };

  return (
    <div className="flex flex-col gap-2">
      <TextField
        ref={input}
        label={label}
        hint={full ? `${MAX_TAGS} are as many as there may be.` : hint}
        error={error}
        placeholder={value.length === 0 ? placeholder : undefined}
        autoComplete="off"
        enterKeyHint="enter"
        maxLength={(MAX_TAG_LENGTH + 1) * MAX_TAGS}
        disabled={full}
        value={text}
        onChange={(event) => type(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={() => add(text)}
      />
      <ul aria-label={label} aria-live="polite" className="flex flex-wrap gap-1.5 empty:hidden">
        {value.map((tag) => (
          <li
            key={tag}
            className="inline-flex max-w-full items-center rounded-full bg-berry-soft pl-3 text-sm font-medium text-berry"
          >
            <span className="truncate">{tag}</span>
            <button
              type="button"
              aria-label={`Remove ${tag}`}
              onClick={() => remove(tag)}
              className="grid size-8 shrink-0 place-items-center rounded-full hover:bg-berry/15 pointer-coarse:size-11"
            >
              <X aria-hidden className="size-3.5" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
