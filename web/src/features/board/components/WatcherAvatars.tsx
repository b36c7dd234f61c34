import { Avatar } from '@/components/ui/Avatar';

import type { Watchers } from '../hooks/useWatchers';

/** Faces shown at most; the others are counted. */
const MAX_FACES = 4;

/** Who else is looking at the board now. */
export function WatcherAvatars({ known, more }: Watchers) {
  const faces = known.slice(0, MAX_FACES);
  const uncounted = more + known.length - faces.length;
  return (
    <ul
      aria-label="Looking at this list too"
      data-testid="watchers"
      className="flex shrink-0 items-center -space-x-1.5 empty:hidden sm:mr-2"
    >
      {faces.map(({ id, name, color }) => (
        <li key={id} className="flex animate-rise rounded-full bg-bg p-0.5">
          <Avatar name={name} color={color} label={`${name} is here`} />
        </li>
      ))}
      {uncounted > 0 && (
        <li className="flex animate-rise rounded-full bg-bg p-0.5">
          <span className="grid h-8 min-w-8 place-items-center rounded-full bg-sunken px-1.5 text-xs font-semibold text-soft tabular-nums">
            +{uncounted}
          </span>
        </li>
      )}
    </ul>
  );
}
