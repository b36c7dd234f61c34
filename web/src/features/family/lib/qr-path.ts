import { encode } from 'uqr';

export interface QrPath {
  /** Modules along one side, the quiet zone included. */
  size: number;
  /** The dark modules as an SVG path, one unit each. */
  path: string;
}

/** Light modules around the code; readers want four. */
const QUIET_ZONE = 4;

/** A text as a QR code: each run of dark modules in a row is one rectangle. */
export function qrPath(text: string): QrPath {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE });
  const runs = data.flatMap((row, y) => {
    const starts = row.flatMap((dark, x) => (dark && !row[x - 1] ? [x] : []));
    return starts.map((x) => {
      const end = row.indexOf(false, x);
      return `M${x} ${y}h${(end < 0 ? size : end) - x}v1H${x}z`;
    });
  });
  return { size, path: runs.join('') };
}
