import { useState } from 'react';

import { cn } from '@/lib/cn';

import { hashOf } from './Avatar';

/** Wrapping papers: ground, pattern, ribbon. */
const PAPERS = [
  ['#f3d9e0', '#e3b3c2', '#8a2b4d'],
  ['#f5e5c4', '#e6c98c', '#a33a5f'],
  ['#d5e8dd', '#a9cfbb', '#dfa02f'],
  ['#dcdff3', '#b6bde4', '#4553a3'],
  ['#f1ddd0', '#dfb79b', '#22664c'],
  ['#d6e6ea', '#a9cbd4', '#8a2b4d'],
] as const;

const PATTERNS = [
  <path key="stripes" d="M-2 10 10-2M4 16 16 4" strokeWidth="3" />,
  <path key="dots" d="M3 3h.01M9 9h.01" strokeWidth="3.4" strokeLinecap="round" />,
  <path key="checks" d="M0 3h12M3 0v12" strokeWidth="3" opacity="0.7" />,
  <path
    key="waves"
    d="M-2 4q3-4 6 0t6 0 6 0M-2 10q3-4 6 0t6 0 6 0"
    strokeWidth="1.8"
    fill="none"
  />,
];

/** A present in wrapping paper that is always the same for the same gift. */
function WrappedGift({ seed }: { seed: string }) {
  const hash = hashOf(seed);
  const [ground, ink, ribbon] = PAPERS[(hash >>> 9) % PAPERS.length] ?? PAPERS[0];
  const id = `paper-${hash.toString(36)}`;
  const across = 20 + ((hash >>> 17) % 5) * 2;
  return (
    <svg
      viewBox="0 0 48 48"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden
      className="size-full dark:brightness-85"
    >
      <pattern id={id} width="12" height="12" patternUnits="userSpaceOnUse">
        <rect width="12" height="12" fill={ground} />
        <g stroke={ink}>{PATTERNS[(hash >>> 4) % PATTERNS.length]}</g>
      </pattern>
      <rect width="48" height="48" fill={`url(#${id})`} />
      <path d={`M0 ${across}h48M24 0v48`} stroke={ribbon} strokeWidth="4.5" />
      <path
        d={`M24 ${across}c-2-7-6-10-10-8.6-4 1.6-3 7.6 10 8.6Zm0 0c2-7 6-10 10-8.6 4 1.6 3 7.6-10 8.6Z`}
        fill={ground}
        stroke={ribbon}
        strokeWidth="3"
        strokeLinejoin="round"
      />
    </svg>
  );
}

export interface GiftPictureProps {
  gift: { id: string; name: string; image_url: string };
  className?: string;
}

/** The gift's picture; wrapped as long as there is none, or none that loads. */
export function GiftPicture({ gift, className }: GiftPictureProps) {
  const [broken, setBroken] = useState('');
  const source = gift.image_url !== broken ? gift.image_url : '';
  return (
    <div className={cn('overflow-hidden rounded-sm bg-sunken', className)}>
      {source ? (
        <img
          src={source}
          alt=""
          loading="lazy"
          draggable={false}
          referrerPolicy="no-referrer"
          onError={() => setBroken(source)}
          className="size-full object-cover"
        />
      ) : (
        <WrappedGift seed={gift.id} />
      )}
    </div>
  );
}
