import { cn } from '@/lib/cn';

/** Avatar colours, dark enough for white letters on them. */
export const AVATAR_COLORS = [
  '#a33a5f',
  '#9a5b12',
  '#22664c',
  '#4553a3',
  '#7a3f93',
  '#1d6a7d',
  '#a34126',
  '#5c5f1e',
] as const;

/** A stable small number for a text. */
export function hashOf(text: string): number {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return hash >>> 0;
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = [...(words[0] ?? '?')][0] ?? '?';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toUpperCase();
}

/** White or black, whichever reads better on a colour: one of them always has a contrast of 4.5. */
function inkOn(color: string): string {
  const channel = (at: number) => (parseInt(color.slice(at, at + 2), 16) / 255) ** 2.2;
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return luminance > 0.18 ? '#000000' : '#ffffff';
}

const SIZES = {
  xxs: 'size-5 text-[0.5625rem]',
  xs: 'size-6 text-[0.625rem]',
  sm: 'size-8 text-xs',
  md: 'size-11 text-base',
};

export interface AvatarProps {
  name: string;
  color?: string;
  photo?: string;
  size?: keyof typeof SIZES;
  className?: string;
  /** Says who it is, where no text beside it does. */
  label?: string;
}

export function Avatar({ name, color, photo, size = 'sm', className, label }: AvatarProps) {
  const fallback = AVATAR_COLORS[hashOf(name) % AVATAR_COLORS.length] ?? AVATAR_COLORS[0];
  const background = color || fallback;
  return (
    <span
      {...(label ? { role: 'img', 'aria-label': label, title: label } : { 'aria-hidden': true })}
      style={{ backgroundColor: background, color: inkOn(background) }}
      className={cn(
        'inline-grid shrink-0 place-items-center overflow-hidden rounded-full font-semibold tracking-tight',
        SIZES[size],
        className,
      )}
    >
      {photo ? <img src={photo} alt="" className="size-full object-cover" /> : initials(name)}
    </span>
  );
}
