import { useMemo } from 'react';

import { qrPath } from '../lib/qr-path';

export interface QrCodeProps {
  text: string;
  /** What it leads to, for those who do not see it. */
  label: string;
}

/** A QR code: dark on light in any colour scheme, since some readers insist. */
export function QrCode({ text, label }: QrCodeProps) {
  const { size, path } = useMemo(() => qrPath(text), [text]);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="size-52 rounded-md border border-line bg-[#ffffff]"
    >
      <path d={path} fill="#2a2028" />
    </svg>
  );
}
