import { Plus, X } from 'lucide-react';
import { useEffect, useId, useRef } from 'react';

import { Button } from '@/components/ui/Button';
import { TextField } from '@/components/ui/Field';
import type { Link } from '@/lib/api/types';

/** As many further links as the server keeps. */
const MAX_LINKS = 20;

export interface LinksFieldProps {
  error?: string | undefined;
  value: readonly Link[];
  onChange: (links: Link[]) => void;
}

/** Rows of a label and an address. */
export function LinksField({ error, value, onChange }: LinksFieldProps) {
  const id = useId();
  const rows = useRef<HTMLDivElement>(null);
  const focusNew = useRef(false);

  useEffect(() => {
    if (!focusNew.current) return;
    focusNew.current = false;
    rows.current?.lastElementChild?.querySelector('input')?.focus();
  }, [value.length]);

  const add = () => {
    focusNew.current = true;
    onChange([...value, { label: '', url: '' }]);
  };
  const change = (at: number, part: Partial<Link>) =>
    onChange(value.map((link, i) => (i === at ? { ...link, ...part } : link)));

  return (
    <fieldset aria-describedby={error && id}>
      <legend className="mb-1.5 text-sm font-medium">Further links</legend>
      <div ref={rows} className="flex flex-col gap-2">
        {value.map((link, i) => (
          <LinkFields
            key={i}
            link={link}
            number={i + 1}
            onChange={(part) => change(i, part)}
            onRemove={() => onChange(value.filter((_, other) => other !== i))}
          />
        ))}
      </div>
      {error && (
        <p id={id} role="alert" className="mt-1.5 text-sm text-danger">
          {error}
        </p>
      )}
      {value.length < MAX_LINKS && (
        <Button look="quiet" size="sm" className="mt-1 -ml-3 text-berry" onClick={add}>
          <Plus aria-hidden className="size-4" /> Add a link
        </Button>
      )}
    </fieldset>
  );
}

interface LinkFieldsProps {
  link: Link;
  number: number;
  onChange: (part: Partial<Link>) => void;
  onRemove: () => void;
}

const LinkFields = ({ link, number, onChange, onRemove }: LinkFieldsProps) => (
  <div className="flex items-center gap-2">
    <TextField
      label={`Link ${number}: label`}
      className="w-2/5 [&>label]:sr-only"
      placeholder="Reviews"
      maxLength={200}
      autoComplete="off"
      value={link.label}
      onChange={(event) => onChange({ label: event.target.value })}
    />
    <TextField
      label={`Link ${number}: address`}
      className="grow basis-0 [&>label]:sr-only"
      type="url"
      inputMode="url"
      placeholder="https://"
      maxLength={2000}
      autoComplete="off"
      value={link.url}
      onChange={(event) => onChange({ url: event.target.value })}
    />
    <Button
      look="quiet"
      size="icon"
      aria-label={`Remove link ${link.label || number}`}
      onClick={onRemove}
    >
      <X aria-hidden className="size-4" />
    </Button>
  </div>
);
