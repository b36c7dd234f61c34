import { Plus, X } from 'lucide-react';
import { useEffect, useId, useRef } from 'react';

import { Button } from '@/components/ui/Button';
import { TextField } from '@/components/ui/Field';

import type { SizeRow } from '../lib/person-values';
import { MAX_TAGS } from '../lib/tags';

/** Offered as names of sizes. */
const COMMON = ['Shoes', 'Shirt', 'Trousers', 'Dress', 'Jacket', 'Gloves', 'Hat', 'Ring'];

export interface SizesFieldProps {
  error?: string | undefined;
  value: readonly SizeRow[];
  onChange: (rows: SizeRow[]) => void;
}

/** Rows of what it is and its size. */
export function SizesField({ error, value, onChange }: SizesFieldProps) {
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
    onChange([...value, { name: '', size: '' }]);
  };
  const change = (at: number, part: Partial<SizeRow>) =>
    onChange(value.map((row, i) => (i === at ? { ...row, ...part } : row)));

  return (
    <fieldset aria-describedby={error && id}>
      <legend className="mb-1.5 text-sm font-medium">Sizes</legend>
      <datalist id={`${id}-names`}>
        {COMMON.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <div ref={rows} className="flex flex-col gap-2">
        {value.map((row, i) => (
          <SizeFields
            key={i}
            row={row}
            names={`${id}-names`}
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
      {value.length < MAX_TAGS && (
        <Button look="quiet" size="sm" className="mt-1 -ml-3 text-berry" onClick={add}>
          <Plus aria-hidden className="size-4" /> Add a size
        </Button>
      )}
    </fieldset>
  );
}

interface SizeFieldsProps {
  row: SizeRow;
  /** The id of the names on offer. */
  names: string;
  number: number;
  onChange: (part: Partial<SizeRow>) => void;
  onRemove: () => void;
}

const SizeFields = ({ row, names, number, onChange, onRemove }: SizeFieldsProps) => (
  <div className="flex items-center gap-2">
    <TextField
      label={`Size ${number}: what`}
      className="grow basis-0 [&>label]:sr-only"
      placeholder="Shoes"
      list={names}
      maxLength={100}
      autoComplete="off"
      value={row.name}
      onChange={(event) => onChange({ name: event.target.value })}
    />
    <TextField
      label={`Size ${number}: size`}
      className="w-28 [&>label]:sr-only"
      placeholder="38"
      maxLength={200}
      autoComplete="off"
      value={row.size}
      onChange={(event) => onChange({ size: event.target.value })}
    />
    <Button
      look="quiet"
      size="icon"
      aria-label={`Remove size ${row.name || number}`}
      onClick={onRemove}
    >
      <X aria-hidden className="size-4" />
    </Button>
  </div>
);
