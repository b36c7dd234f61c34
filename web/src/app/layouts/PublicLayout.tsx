import { Outlet } from '@tanstack/react-router';

import { LogoMark, Wordmark } from '@/components/ui/Logo';

/** The frame of log-in, setup and joining. */
export function PublicLayout() {
  return (
    <div className="grid min-h-dvh lg:grid-cols-[1fr_1.1fr]">
      <aside className="relative hidden overflow-hidden bg-[#7c2544] text-[#fdeef3] lg:flex lg:flex-col lg:justify-between lg:p-12">
        <Ribbons />
        <p className="relative flex items-center gap-2.5 text-lg font-bold tracking-[-0.035em]">
          <LogoMark className="rounded-[9px] ring-1 ring-[#fdeef3]/25" />
          Tidings
        </p>
        <div className="relative max-w-sm">
          <p className="text-3xl font-semibold tracking-[-0.025em] text-balance">
            Plan the presents together. Keep the surprise.
          </p>
          <p className="mt-3 text-lg text-pretty text-[#f3cfdb]">
            One board for the whole family, live on every screen, and nobody ever sees their own
            present.
          </p>
        </div>
      </aside>
      <main className="flex flex-col px-5 py-8 sm:px-10">
        <Wordmark className="lg:hidden" />
        <div className="m-auto w-full max-w-sm py-8">
          <Outlet />
        </div>
      </main>
    </div>
  );
}

/** Wrapping paper with a ribbon across. */
const Ribbons = () => (
  <svg
    aria-hidden
    className="absolute inset-0 size-full"
    preserveAspectRatio="xMidYMid slice"
    viewBox="0 0 600 800"
  >
    <pattern
      id="guest-paper"
      width="56"
      height="56"
      patternUnits="userSpaceOnUse"
      patternTransform="rotate(18)"
    >
      <circle cx="10" cy="10" r="2.5" fill="#fdeef3" opacity="0.13" />
      <circle cx="38" cy="38" r="2.5" fill="#f0b64c" opacity="0.3" />
    </pattern>
    <rect width="600" height="800" fill="url(#guest-paper)" />
    <path d="M-20 300h640M500-20v840" stroke="#69193a" strokeWidth="58" />
    <path
      d="M-20 278h640M-20 322h640M478-20v840M522-20v840"
      stroke="#f0b64c"
      strokeWidth="2"
      opacity="0.55"
    />
    <path
      d="M500 300c-14-84-74-150-128-132-56 18-46 112 128 132Zm0 0c14-84 74-150 128-132 56 18 46 112-128 132Z"
      fill="#69193a"
      stroke="#f0b64c"
      strokeOpacity="0.55"
      strokeWidth="2"
    />
    <circle
      cx="500"
      cy="300"
      r="30"
      fill="#5b1431"
      stroke="#f0b64c"
      strokeOpacity="0.55"
      strokeWidth="2"
    />
  </svg>
);
