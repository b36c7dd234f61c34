import { Search } from 'lucide-react';

import { TextField } from '@/components/ui/Field';

export interface SearchFieldProps {
  label: string;
  value: string;
  onChange: (query: string) => void;
}

export const SearchField = ({ label, value, onChange }: SearchFieldProps) => (
  <search className="relative sm:max-w-sm">
    <TextField
      label={label}
      className="[&_input]:pl-10 [&>label]:sr-only"
      type="search"
      enterKeyHint="search"
      autoComplete="off"
      placeholder={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
    <Search
      aria-hidden
      className="pointer-events-none absolute top-3.5 left-3.5 size-4 text-faint"
    />
  </search>
);
