import { useId } from 'react';

import { AVATAR_COLORS } from '@/components/ui/Avatar';

/** What the avatar colours are called, for those who do not see them. */
const NAMES: Record<(typeof AVATAR_COLORS)[number], string> = {
  '#a33a5f': 'Raspberry',
  '#9a5b12': 'Amber',
  '#22664c': 'Pine',
  '#4553a3': 'Indigo',
  '#7a3f93': 'Violet',
  '#1d6a7d': 'Teal',
  '#a34126': 'Rust',
  '#5c5f1e': 'Olive',
};

export interface ColorFieldProps {
  /** Empty: the server chooses one. */
  value: string;
  onChange: (color: string) => void;
}

/** Chooses the colour of an avatar. */
export function ColorField({ value, onChange }: ColorFieldProps) {
  const id = useId();
  const names: Record<string, string> = NAMES;
  const own = value !== '' && !(value in names) ? [value] : [];
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">Colour</legend>
      <div className="flex flex-wrap gap-1">
        {[...own, ...AVATAR_COLORS].map((color) => (
          <label
            key={color}
            title={names[color] ?? 'Present colour'}
            className="relative grid size-11 place-items-center rounded-full has-focus-visible:outline-2 has-focus-visible:outline-ring"
          >
            <input
              type="radio"
              name={id}
              className="peer absolute inset-0 size-full cursor-pointer opacity-0"
              aria-label={names[color] ?? 'Present colour'}
              checked={value === color}
              onChange={() => onChange(color)}
            />
            <span
              style={{ backgroundColor: color }}
              className="size-7 rounded-full ring-ink ring-offset-3 ring-offset-surface peer-checked:ring-2"
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}
